/** Runs as a test only: `npm run conformance -- sql`. */
export {};
