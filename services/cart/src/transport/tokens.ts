/** Under what Nest hands the parts to controllers. */
export const INPUTS = Symbol('Inputs');
/** Inputs of the back office: large, and not to be waited for by tills. */
export const OFFICE_INPUTS = Symbol('OfficeInputs');
export const BASKETS = Symbol('Baskets');
export const PARKED_SALES = Symbol('ParkedSales');
export const OFFLINE_SALES = Symbol('OfflineSales');
export const LIMITS = Symbol('SignedLimits');
export const PRODUCTS = Symbol('Products');
export const WATCH = Symbol('CheckoutWatch');
export const SALE_STREAM = Symbol('SaleStream');
export const EVENTS = Symbol('CartEvents');
