/**
 * The metrics that Application Insights is sent: those that alerts and the workbook ask it for, and no more, since each series is a row a minute from
 * each process. The others are Prometheus' and stay at `/metrics`. A test holds infra/azure to this list.
 */
export const exportedMetrics = {
  accept_total: 'counter',
  outbox_left_chunks: 'gauge',
  payment_books_age_seconds: 'gauge',
  unknown_total: 'counter',
} as const satisfies Readonly<Record<string, 'counter' | 'gauge'>>;
