export { browserPath } from './browser.ts';
export { Counter } from './counter.ts';
export { Shop, article } from './shop.ts';
