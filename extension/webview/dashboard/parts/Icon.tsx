// Codicons, and the ring that shows how far a run is.

export function Icon({ name, color }: { name: string; color?: string }) {
  return <span class={`codicon codicon-${name}`} style={color ? { color } : undefined} aria-hidden="true" />;
}

interface IconButtonProps {
  icon: string;
  label: string;
  pressed?: boolean;
  onClick: () => void;
}

export function IconButton({ icon, label, pressed, onClick }: IconButtonProps) {
  return (
    <button
      type="button"
      class="icon-button"
      aria-label={label}
      title={label}
      aria-pressed={pressed}
      onClick={(event) => {
        event.stopPropagation();
        onClick();
      }}
    >
      <Icon name={icon} />
    </button>
  );
}

const RADIUS = 5.5;
const AROUND = 2 * Math.PI * RADIUS;

/** `fraction` from 0 to 1; null while it is not known. */
export function Ring({ fraction }: { fraction: number | null }) {
  return (
    <svg class="ring" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
      <circle class="ring-track" cx="8" cy="8" r={RADIUS} />
      <circle
        class="ring-arc"
        cx="8"
        cy="8"
        r={RADIUS}
        stroke-dasharray={`${(fraction ?? 0.1) * AROUND} ${AROUND}`}
        transform="rotate(-90 8 8)"
      />
    </svg>
  );
}
