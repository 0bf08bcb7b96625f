import { Emitter } from "../emitter";
import { type Choice, EVERYTHING } from "./choice";

/** Where a choice is kept; `vscode.Memento` is one. */
export interface Memory {
  get<T>(key: string): T | undefined;
  update(key: string, value: unknown): PromiseLike<void>;
}

const KEY = "runs.choice";

/** What is chosen in this workspace, also when its window opens again. */
export class ChoiceModel {
  private readonly changed = new Emitter<Choice>();
  private current: Choice;
  readonly onChange = this.changed.on;

  constructor(private readonly memory: Memory) {
    this.current = { ...EVERYTHING, ...memory.get<Partial<Choice>>(KEY) };
  }

  get value(): Choice {
    return this.current;
  }

  /** Shows it at once; it is kept when nothing else is `passing`, such as a text that is being typed. */
  set(change: Partial<Choice>, passing = false): void {
    this.current = { ...this.current, ...change };
    if (!passing) {
      void this.memory.update(KEY, this.current);
    }
    this.changed.fire(this.current);
  }
}
