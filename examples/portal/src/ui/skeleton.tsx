/** What a page looks like before its answer is there. */
export function Skeleton() {
  return (
    <main className="page" aria-busy="true" aria-label="Loading">
      <div className="bone bone-title" />
      <div className="cards">
        <div className="bone bone-card" />
        <div className="bone bone-card" />
        <div className="bone bone-card" />
      </div>
      <div className="bone bone-plot" />
    </main>
  );
}
