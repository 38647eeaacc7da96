/**
 * Work that costs the same for one as for many, done for all who ask while it is being done for others: the first is served at once, who comes meanwhile goes
 * together with the rest. Each is answered when their own is done, and a failure is told to all it was done with.
 */
export function gathered<Asked>(work: (all: readonly Asked[]) => Promise<void>): (asked: Asked) => Promise<void> {
  let waiting: { readonly asked: Asked; readonly resolve: () => void; readonly reject: (because: unknown) => void }[] = [];
  let isWorking = false;

  async function workOff(): Promise<void> {
    isWorking = true;
    while (waiting.length > 0) {
      const turn = waiting;
      waiting = [];
      try {
        await work(turn.map(({ asked }) => asked));
        for (const { resolve } of turn) resolve();
      } catch (error) {
        for (const { reject } of turn) reject(error);
      }
    }
    isWorking = false;
  }

  return (asked) => new Promise((resolve, reject) => {
    waiting.push({ asked, resolve, reject });
    if (!isWorking) void workOff();
  });
}
