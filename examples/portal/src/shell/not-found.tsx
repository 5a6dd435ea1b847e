import { useTexts } from "../words/texts";
import { Link } from "./address";

/** An address that no page has, such as a mistyped one. */
export function NotFound({ home }: { home: string }) {
  const { words } = useTexts();
  return (
    <>
      <h1>{words.shell.notFound}</h1>
      <p>
        <Link to={home}>{words.shell.toFirstPage}</Link>
      </p>
    </>
  );
}
