/** What `vscode.Disposable` is made of, so that models need no editor. */
export interface Disposable {
  dispose(): void;
}

/** Calls its listeners in the order in which they came. */
export class Emitter<T> {
  private readonly listeners = new Set<(value: T) => void>();

  readonly on = (listener: (value: T) => void): Disposable => {
    this.listeners.add(listener);
    return { dispose: () => this.listeners.delete(listener) };
  };

  fire(value: T): void {
    for (const listener of [...this.listeners]) {
      listener(value);
    }
  }
}
