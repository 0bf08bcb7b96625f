import { Emitter } from "../emitter";
import type { Status } from "../protocol.gen";

/** What the daemon last said of its training interpreter and its rules. */
export class StatusModel {
  private readonly changed = new Emitter<Status>();
  private last: Status | undefined;
  readonly onChange = this.changed.on;

  get value(): Status | undefined {
    return this.last;
  }

  set(status: Status): void {
    this.last = status;
    this.changed.fire(status);
  }
}
