// What the toolbar has no room for.
import * as l10n from "@vscode/l10n";
import { useEffect, useRef, useState } from "preact/hooks";
import { Icon } from "./Icon";

interface Item {
  name: string;
  on: boolean;
  toggle: () => void;
}

export function Menu({ items }: { items: Item[] }) {
  const [open, setOpen] = useState(false);
  const root = useRef<HTMLSpanElement>(null);
  useEffect(() => {
    if (!open) {
      return;
    }
    const close = (event: Event) => {
      const escaped = event instanceof KeyboardEvent && event.key === "Escape";
      if (escaped || (event.type === "pointerdown" && !root.current?.contains(event.target as Node))) {
        setOpen(false);
      }
    };
    document.addEventListener("pointerdown", close);
    document.addEventListener("keydown", close);
    return () => {
      document.removeEventListener("pointerdown", close);
      document.removeEventListener("keydown", close);
    };
  }, [open]);

  return (
    <span class="menu" ref={root}>
      <button
        type="button"
        class="icon-button"
        aria-label={l10n.t("More")}
        aria-haspopup="menu"
        aria-expanded={open}
        onClick={() => setOpen(!open)}
      >
        <Icon name="ellipsis" />
      </button>
      {open && (
        <div class="menu-list" role="menu">
          {items.map(({ name, on, toggle }) => (
            <button
              key={name}
              type="button"
              role="menuitemcheckbox"
              aria-checked={on}
              onClick={() => {
                toggle();
                setOpen(false);
              }}
            >
              <span class="tick">{on && <Icon name="check" />}</span>
              {name}
            </button>
          ))}
        </div>
      )}
    </span>
  );
}
