import type { Page } from 'playwright-core';

/** In the page: controls that cannot be reached or lie on one another, and texts that are cut off. */
const script = `(() => {
  const faults = [];
  const nameOf = (element) => (element.getAttribute('aria-label') ?? element.textContent ?? element.id).trim().slice(0, 40);
  const shown = (element) => { const { width, height } = element.getBoundingClientRect(); return width > 0 && height > 0 && getComputedStyle(element).visibility === 'visible'; };
  const wide = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (wide > 1) faults.push('the page is ' + wide + ' px wider than the screen');
  const controls = [...document.querySelectorAll('button, input:not([type=radio]):not([type=hidden]), [role=switch]')].filter((each) => shown(each) && !each.closest('[aria-hidden="true"]'));
  for (const control of controls) {
    control.scrollIntoView({ block: 'center', inline: 'center' });
    const { left, right, top, bottom } = control.getBoundingClientRect();
    const at = document.elementFromPoint((left + right) / 2, (top + bottom) / 2);
    if (!at || !(control === at || control.contains(at) || at.closest('label')?.contains(control) || control.parentElement?.contains(at))) faults.push(nameOf(control) + ' is covered by ' + (at ? at.tagName + ' ' + nameOf(at) : 'nothing'));
    const inner = control.querySelector('.mantine-Button-label') ?? control;
    if (inner.tagName !== 'INPUT' && inner.scrollWidth > inner.clientWidth + 1 && inner.clientWidth > 0) faults.push(nameOf(control) + ' is cut off');
  }
  return { controls: controls.length, faults };
})()`;

/** @throws when the page has no controls: then nothing was looked at */
export async function layoutFaults(page: Page): Promise<readonly string[]> {
  const { controls, faults } = await page.evaluate<{ readonly controls: number; readonly faults: readonly string[] }>(script);
  if (controls === 0) throw new Error('The page has no controls.');
  return faults;
}
