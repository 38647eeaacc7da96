export { ShelfConsumer } from './testing/shelf.consumer.ts';
export { ShelfStore } from './testing/shelf.ts';
export { eventually, ofSale, shelfMigrations, storeIds, Town } from './testing/shop.ts';
