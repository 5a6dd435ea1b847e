/** Two streams that become one. */
export function Mark() {
  return (
    <svg className="mark" viewBox="0 0 32 32" aria-hidden="true">
      <rect width="32" height="32" rx="9" />
      <path d="M7 10c6 0 6 6 9 12M25 10c-6 0-6 6-9 12" />
    </svg>
  );
}
