export { ShelfConsumer } from './testing/shelf.consumer.ts';
export { sellTwo, ShelfStore, tenantId } from './testing/shelf.ts';
export { eventually, ofSale, shelfMigrations, Shop, storeIds, Town } from './testing/shop.ts';
