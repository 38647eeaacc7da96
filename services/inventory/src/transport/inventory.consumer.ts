import { inventory } from '@checkout/contracts';
import { On } from '@checkout/messaging';
import { Controller, Inject } from '@nestjs/common';
import { CommitStock } from '../application/commit-stock.ts';
import { ReleaseStock } from '../application/release-stock.ts';
import { ReserveStock } from '../application/reserve-stock.ts';
import { ReturnStock } from '../application/return-stock.ts';

/** Everything inventory listens to: which handler gets which message. */
@Controller()
export class InventoryConsumer {
  readonly #reserveStock: ReserveStock;
  readonly #releaseStock: ReleaseStock;
  readonly #commitStock: CommitStock;
  readonly #returnStock: ReturnStock;

  constructor(@Inject(ReserveStock) reserveStock: ReserveStock, @Inject(ReleaseStock) releaseStock: ReleaseStock, @Inject(CommitStock) commitStock: CommitStock, @Inject(ReturnStock) returnStock: ReturnStock) {
    this.#reserveStock = reserveStock;
    this.#releaseStock = releaseStock;
    this.#commitStock = commitStock;
    this.#returnStock = returnStock;
  }

  @On(inventory.ReserveStock)
  reserveStock() {
    return this.#reserveStock;
  }

  @On(inventory.ReleaseStock)
  releaseStock() {
    return this.#releaseStock;
  }

  @On(inventory.CommitStock)
  commitStock() {
    return this.#commitStock;
  }

  @On(inventory.ReturnStock)
  returnStock() {
    return this.#returnStock;
  }
}
