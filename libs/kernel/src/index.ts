export * from './assert.ts';
export * from './ids.ts';
export * from './money.ts';
export * from './partition.ts';
export * from './pricing.ts';
export * from './refund.ts';
export * from './time.ts';
export * from './uuid.ts';
