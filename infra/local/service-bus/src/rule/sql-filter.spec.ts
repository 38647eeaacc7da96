import { message } from 'rhea';
import { parseContent } from '../wire/content.ts';
import { FilterSubject } from './filter-subject.ts';
import { compileSqlFilter } from './sql-filter.ts';

const subject = (properties: Record<string, unknown>, fields: Record<string, unknown> = {}): FilterSubject =>
  new FilterSubject(parseContent(message.encode({ message_id: 'm', body: 'b', ...fields, application_properties: properties } as never)));

const matches = (filter: string, properties: Record<string, unknown> = {}, fields: Record<string, unknown> = {}): boolean =>
  compileSqlFilter(filter)(subject(properties, fields)) === true;

describe('the SQL filter', () => {
  it.each([
    ["replayFor IS NULL OR replayFor = 's'", {}, true],
    ["replayFor IS NULL OR replayFor = 's'", { replayFor: 's' }, true],
    ["replayFor IS NULL OR replayFor = 's'", { replayFor: 't' }, false],
    ["replayFor IS NULL OR replayFor = 's'", { REPLAYFOR: 't' }, false],
    ["replayFor IS NULL OR replayFor = 's'", { replayFor: 'S' }, false],
    ['a IS NOT NULL', { a: 1 }, true],
    ['EXISTS(a)', { b: 1 }, false],
    ['a = 1 AND b = 2', { a: 1, b: 2 }, true],
    ['a = 1 OR b = 2 AND c = 3', { a: 1 }, true],
    ['(a = 1 OR b = 2) AND c = 3', { a: 1 }, false],
    ['NOT a = 1 AND b = 2', { a: 3, b: 2 }, true],
    ['NOT (a = 1)', {}, false],
    ['a <> 1', {}, false],
    ['a != 1', { a: 2 }, true],
    ['a + 2 * 3 = 7', { a: 1 }, true],
    ['(a + 2) * 3 = 9', { a: 1 }, true],
    ['7 / 2 = 3', {}, true],
    ['7 % 4 = 3', {}, true],
    ['-a = 5', { a: -5 }, true],
    ["a + 'b' = 'ab'", { a: 'a' }, true],
    ["a = 1", { a: '1' }, false],
    ['a > 1.5', { a: 2 }, true],
    ['a >= 1e2', { a: 100 }, true],
    ['yes = TRUE', { yes: true }, true],
    ["a IN ('x', 'y')", { a: 'y' }, true],
    ["a NOT IN ('x', 'y')", { a: 'z' }, true],
    ["a NOT IN ('x')", {}, false],
    ["a LIKE 'sale.%'", { a: 'sale.done' }, true],
    ["a LIKE 's_le'", { a: 'sale' }, true],
    ["a LIKE '100!%' ESCAPE '!'", { a: '100%' }, true],
    ["a NOT LIKE 'x%'", { a: 'y' }, true],
    ["a LIKE b + '%'", { a: 'sale.done', b: 'sale' }, true],
    ["a LIKE b + '%'", { a: 'sale.done' }, false],
    ["a LIKE '100!%' ESCAPE e", { a: '100%', e: '!' }, true],
    ["a LIKE '100!%' ESCAPE e", { a: '100%', e: 'no' }, false],
    ["a = 'it''s'", { a: "it's" }, true],
    ['[odd name] = 1', { 'odd name': 1 }, true],
    ['"odd name" = 1', { 'odd name': 1 }, true],
    ["property('a') = 1", { a: 1 }, true],
    ['1 = 1', {}, true],
    ['1 = 0', {}, false],
    ['9007199254740993 > 9007199254740992', {}, true],
  ])('%s of %j is %s', (filter, properties, expected) => {
    expect(matches(filter, properties)).toBe(expected);
  });

  it('reads system properties', () => {
    const fields = { subject: 'label', correlation_id: 'c', group_id: 'session', to: 'somewhere' };
    expect(matches("sys.Label = 'label' AND sys.CorrelationId = 'c' AND sys.SessionId = 'session' AND sys.To = 'somewhere' AND sys.MessageId = 'm'", {}, fields)).toBe(true);
    expect(matches("user.Label = 'label'", {}, fields)).toBe(false);
    expect(matches('sys.ReplyTo IS NULL', {}, fields)).toBe(true);
  });

  it.each(['', 'a', 'a =', "a = 'open", 'a = 1 b', '(a = 1', 'sys.Colour = 1', 'newid() = 1', 'a LIKE 1', "a LIKE 'b' ESCAPE 'no'", 'a = @p', 'a IS 1', 'a ~ 1', '1', 'other.a = 1'])('refuses %j', (filter) => {
    expect(() => compileSqlFilter(filter)).toThrow(/filter/);
  });
});
