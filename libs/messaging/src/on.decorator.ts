import type { AnyContract } from '@checkout/contracts';
import { MessagePattern } from '@nestjs/microservices';

/** Marks the method of a consumer that names the handler of one message: it is asked once, at start-up, and returns the handler. */
export const On = (contract: AnyContract): MethodDecorator => MessagePattern(contract.type);
