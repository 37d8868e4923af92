/** Stands in for everything when a page throws: the last thing one should ever see here. */
export function BrokenPage() {
  return (
    <div className="wide page">
      <div className="center-page" role="alert">
        <h1>Something in the shop fell over</h1>
        <p className="lede">It is our fault, not yours. Loading the page again usually sets it right.</p>
        <div className="actions">
          <button type="button" className="button" onClick={() => location.reload()}>
            Load it again
          </button>
        </div>
      </div>
    </div>
  );
}
