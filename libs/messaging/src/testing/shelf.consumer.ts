import { inventory } from '@checkout/contracts';
import { Controller } from '@nestjs/common';
import { On } from '../on.decorator.ts';
import { releaseStock, reserveStock } from './shelf.ts';

/** The shelf's handlers as Nest collects them. */
@Controller()
export class ShelfConsumer {
  @On(inventory.ReleaseStock)
  releaseStock() {
    return releaseStock;
  }

  @On(inventory.ReserveStock)
  reserveStock() {
    return reserveStock;
  }
}
