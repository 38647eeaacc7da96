export { advance, begin } from './advance.ts';
export { mermaid, table } from './diagram.ts';
export { givenUp, standsBy, timedOut, unheard, type Decision, type Happening, type Input, type Instance, type Phase, type Silence } from './instance.ts';
export { defaultAsks, longestWait, waitedOf, waitOf } from './patience.ts';
export { compensatable, pivot, retriable, saga, type Compensatable, type Pivot, type Results, type Retriable, type Saga, type Step } from './saga.ts';
export { assertValid, validate, type Mistake } from './validate.ts';
