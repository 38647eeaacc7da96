import { TsqlError } from '../engine/error.ts';
import type { OutputColumn } from '../engine/emit/query.ts';
import type { Replies, StoredRow } from '../engine/run/replies.ts';
import { ByteWriter } from './byte-writer.ts';
import { doneStatus } from './protocol.ts';
import { columnMetadata } from './token/column-metadata.ts';
import { writeDone } from './token/done.ts';
import { writeTransactionChange } from './token/env-change.ts';
import { writeError, writeInfo } from './token/message.ts';
import { writeRow } from './token/row.ts';

/** One reply message while it is put together. In a batch statements end with DONE, in a procedure call with DONEINPROC. */
export class Reply implements Replies {
  readonly writer = new ByteWriter(512);
  hasError = false;

  constructor(readonly kind: 'batch' | 'procedure') {}

  #done(status: number, rows = 0): void {
    writeDone(this.writer, this.kind === 'batch' ? 'done' : 'doneInProc', status | doneStatus.more, rows);
  }

  rows(columns: readonly OutputColumn[], rows: readonly StoredRow[], counted: boolean): void {
    this.writer.bytes(columnMetadata(columns));
    for (const row of rows) {
      const before = this.writer.length;
      try {
        writeRow(this.writer, columns, row);
      } catch (error) {
        if (!(error instanceof TsqlError)) throw error;
        // Half a row would be read as something else.
        this.writer.truncate(before);
        throw new TsqlError(error.number, error.message, { severity: error.severity, state: error.state, effect: 'batch' });
      }
    }
    // mssql takes the rows for a recordset only when a DONE follows, NOCOUNT or not.
    this.#done(counted ? doneStatus.count : 0, counted ? rows.length : 0);
  }

  changed(count: number): void {
    this.#done(doneStatus.count, count);
  }

  error(error: TsqlError): void {
    this.hasError = true;
    writeError(this.writer, error);
    this.#done(doneStatus.error);
  }

  info(number: number, message: string): void {
    writeInfo(this.writer, number, message);
  }

  began(descriptor: bigint): void {
    writeTransactionChange(this.writer, 'begin', descriptor);
  }

  committed(descriptor: bigint): void {
    writeTransactionChange(this.writer, 'commit', descriptor);
  }

  rolledBack(descriptor: bigint): void {
    writeTransactionChange(this.writer, 'rollback', descriptor);
  }
}
