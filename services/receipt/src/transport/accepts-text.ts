/** Whether text is what an `Accept` header prefers to JSON (RFC 9110 §12.5.1). JSON is what a caller gets who does not care. */
export const prefersText = (accept: string | undefined): boolean => weightOf('text', 'plain', accept) > weightOf('application', 'json', accept);

/** The weight of the most specific range that the type falls into; 0 where there is none. */
function weightOf(type: string, subtype: string, accept = '*/*'): number {
  let best = { specificity: 0, weight: 0 };
  for (const range of accept.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    const specificity = [`*/*`, `${type}/*`, `${type}/${subtype}`].indexOf(name) + 1;
    if (specificity <= best.specificity) continue;
    const q = parameters.find((parameter) => parameter.startsWith('q='));
    best = { specificity, weight: q === undefined ? 1 : Number(q.slice(2)) || 0 };
  }
  return best.weight;
}
