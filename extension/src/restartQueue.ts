/** At most one task running and one waiting: whoever asks meanwhile shares the waiting one. */
export class RestartQueue {
  private running: Promise<void> | undefined;
  private waiting: Promise<void> | undefined;

  constructor(private readonly task: () => Promise<void>) {}

  request(): Promise<void> {
    if (this.running === undefined) {
      this.running = this.task().finally(() => {
        this.running = undefined;
      });
      return this.running;
    }
    this.waiting ??= this.after(this.running);
    return this.waiting;
  }

  private async after(running: Promise<void>): Promise<void> {
    // The failure of the running task belongs to whoever asked for it.
    await running.catch(() => undefined);
    this.waiting = undefined;
    return this.request();
  }
}
