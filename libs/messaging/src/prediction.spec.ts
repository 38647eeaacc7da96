import { DependencyUnavailable } from '@checkout/resilience';
import { InvalidMessage } from './invalid-message.ts';
import { predictionOf } from './prediction.ts';

it.each([
  ['a change', { hasChanged: true, says: ['inventory.stock-reserved.v1'] }, { verdict: 'would-apply' }],
  ['no change', { hasChanged: false, says: ['inventory.stock-reserved.v1'] }, { verdict: 'no-op' }],
  ['a refusal', { hasChanged: true, says: ['inventory.stock-refused.v1'] }, { verdict: 'conflict', because: 'the answer would be inventory.stock-refused.v1' }],
  ['a body that no longer parses', { error: new InvalidMessage('body-invalid', '/lines: is missing') }, { verdict: 'needs-decision', because: 'body-invalid: /lines: is missing' }],
  ['a defect', { error: new RangeError('secret') }, { verdict: 'needs-decision', because: 'it fails with RangeError' }],
])('reads %s', (_, predicted, prediction) => {
  expect(predictionOf('m', predicted)).toEqual({ messageId: 'm', ...prediction });
});

it('does not guess while the database is out', () => {
  expect(() => predictionOf('m', { error: new DependencyUnavailable('inventory/read', 1) })).toThrow(DependencyUnavailable);
});
