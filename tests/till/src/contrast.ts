import type { Page } from 'playwright-core';

/** One text that people may not be able to read. */
export interface Faint {
  readonly text: string;
  /** From 1 (the same colour) to 21 (black on white). */
  readonly ratio: number;
  readonly wanted: number;
}

/** In the page: the contrast of every text that is shown, by WCAG 2.2 §1.4.3. What cannot be used at the moment is excepted there, and here. */
const script = `(() => {
  const parse = (colour) => { const [r = 0, g = 0, b = 0, a = 1] = (colour.match(/[\\d.]+/g) ?? []).map(Number); return colour.startsWith('color(srgb') ? [r * 255, g * 255, b * 255, a] : [r, g, b, a]; };
  const over = ([r, g, b, a], [R, G, B]) => [r * a + R * (1 - a), g * a + G * (1 - a), b * a + B * (1 - a)];
  const channel = (value) => { const part = value / 255; return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4; };
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const behind = (element) => {
    const layers = [];
    for (let at = element; at; at = at.parentElement) { const layer = parse(getComputedStyle(at).backgroundColor); if (layer[3] > 0) layers.push(layer); if (layer[3] === 1) break; }
    return layers.reverse().reduce((below, layer) => over(layer, below), [255, 255, 255]);
  };
  const found = [];
  const look = (element, text, colour) => {
    const style = getComputedStyle(element);
    const box = element.getBoundingClientRect();
    if (box.width === 0 || box.height === 0 || style.visibility !== 'visible' || style.opacity === '0' || element.closest('[disabled], [data-disabled], [aria-hidden="true"]')) return;
    const ground = behind(element);
    const [one, two] = [luminance(over(parse(colour ?? style.color), ground)), luminance(ground)].sort((a, b) => b - a);
    const size = Number.parseFloat(style.fontSize);
    const wanted = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    const ratio = (one + 0.05) / (two + 0.05);
    if (ratio < wanted) found.push({ text: text.slice(0, 60), ratio: Math.round(ratio * 100) / 100, wanted });
  };
  let texts = 0;
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const text = node.textContent.trim();
    if (text === '' || ['SCRIPT', 'STYLE'].includes(node.parentElement.tagName)) continue;
    texts += 1;
    look(node.parentElement, text);
  }
  for (const input of document.querySelectorAll('input[placeholder]')) look(input, input.placeholder, getComputedStyle(input, '::placeholder').color);
  return { texts, found };
})()`;

/** @throws when the page shows no text: then nothing was looked at */
export async function faintTexts(page: Page): Promise<readonly Faint[]> {
  const { texts, found } = await page.evaluate<{ readonly texts: number; readonly found: readonly Faint[] }>(script);
  if (texts < 5) throw new Error(`The page shows ${texts} texts.`);
  return found;
}
