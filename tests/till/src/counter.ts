import type { BrowserContext, Locator, Page } from 'playwright-core';

/** Chosen for a machine that is busy: a wait that is met ends at once. */
const patienceMs = 60_000;

/** A till as the person in front of it sees and uses it: by roles and labels, with keys and clicks. */
export class Counter {
  readonly page: Page;
  readonly context: BrowserContext;

  constructor(page: Page, context: BrowserContext) {
    this.page = page;
    this.context = context;
    page.setDefaultTimeout(patienceMs);
  }

  isReady(): Promise<void> {
    return this.field('Scan or search').waitFor();
  }

  /** As a scanner types: all digits at once, then Enter. */
  async scan(barcode: string): Promise<void> {
    await this.page.keyboard.type(barcode);
    await this.page.keyboard.press('Enter');
  }

  async takeCash(amount: string): Promise<void> {
    await this.field('Cash handed over').fill(amount);
    await this.button('Take cash').click();
  }

  async takeCard(card = 'Card that is good', amount = ''): Promise<void> {
    await this.page.getByRole('combobox', { name: 'Card reader (simulated)' }).click();
    await this.page.getByRole('option', { name: card }).click();
    await this.field('Amount on card').fill(amount);
    await this.button('Take card').click();
  }

  pay(): Promise<void> {
    return this.button('Pay').click();
  }

  async next(): Promise<void> {
    await this.button('Next customer').click();
    await this.isReady();
  }

  /** Waits until the till says this. */
  says(text: string | RegExp): Promise<void> {
    return this.page.getByText(text).first().waitFor();
  }

  async reference(): Promise<string> {
    return (await this.page.locator('code').first().textContent()) ?? '';
  }

  async receipt(): Promise<string> {
    return (await this.page.getByRole('region', { name: 'Receipt' }).locator('pre').textContent()) ?? '';
  }

  /** Sells one article for the exact cash, and gives the reference. */
  async sellForCash(barcode: string): Promise<string> {
    await this.scan(barcode);
    await this.button('Exact').click();
    await this.pay();
    await this.button('Next customer').waitFor();
    const reference = await this.reference();
    await this.next();
    return reference;
  }

  /** Takes the card back and the exact cash instead, while no back end answers, and gives the reference. */
  async keepForCashInstead(): Promise<string> {
    await this.button(/^Take back Card/).click();
    await this.button('Exact').click();
    await this.pay();
    await this.says('The sale is kept at this till');
    return this.reference();
  }

  async show(screen: 'Sell' | 'Sales' | 'Refund' | 'Shift'): Promise<void> {
    await this.page.getByRole('radio', { name: screen, exact: true }).locator('xpath=following-sibling::label').click();
  }

  async openShift(float: string): Promise<void> {
    await this.show('Shift');
    await this.field('Float').fill(float);
    await this.button('Open shift').click();
    await this.page.getByRole('region', { name: 'Close shift' }).waitFor();
  }

  /** On the screen of the shift. */
  async closeShift(counted: string): Promise<void> {
    await this.field('Counted').fill(counted);
    await this.button('Close shift').click();
    await this.says('The shift is closed');
  }

  /** On the screen of refunds. */
  async lookUp(receiptNumber: string): Promise<void> {
    await this.field('Receipt number').fill(receiptNumber);
    await this.button('Look up').click();
  }

  async park(name = ''): Promise<void> {
    await this.button('Park basket').first().click();
    const dialog = this.page.getByRole('dialog', { name: 'Park basket' });
    await dialog.getByRole('textbox').fill(name);
    await dialog.getByRole('button', { name: 'Park basket' }).click();
  }

  /** Opens the list of parked baskets and takes up the one that is called so. */
  async takeUp(called: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name: /^Parked baskets/ }).click();
    await this.page.getByRole('dialog', { name: 'Parked baskets' }).getByRole('button', { name: called }).click();
  }

  total(): Promise<string | null> {
    return this.page.getByTestId('total').textContent();
  }

  /** What is on the paper of this name. */
  async paper(name: string | RegExp): Promise<string> {
    return (await this.page.getByRole('region', { name }).locator('pre').textContent()) ?? '';
  }

  field(label: string): Locator {
    return this.page.getByRole('textbox', { name: label });
  }

  button(name: string | RegExp): Locator {
    return this.page.getByRole('button', { name, exact: true });
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}
