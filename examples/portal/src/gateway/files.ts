// Files come from the gateway's exports. A link cannot send the token as a header, so the file is fetched and then saved.
import { ADDRESS } from "./client";
import { problemOfStatus, type Problem } from "./problem";

/** The address of an export, beside that of GraphQL. */
const exportAddress = (name: string, parameters: Record<string, string>) =>
  `${ADDRESS.replace(/\/graphql$/, "")}/export/${name}?${new URLSearchParams(parameters)}`;

/** Saves an export under a name; null if it did, or what is wrong. */
export async function save(
  token: string,
  name: string,
  parameters: Record<string, string>,
  file: string,
): Promise<Problem | null> {
  try {
    const response = await fetch(exportAddress(name, parameters), { headers: { authorization: `Bearer ${token}` } });
    if (!response.ok) return await problemOfStatus(response);
    // An aborted transfer is an incomplete file: it throws here, and nothing is saved.
    const address = URL.createObjectURL(await response.blob());
    const link = Object.assign(document.createElement("a"), { href: address, download: file });
    link.click();
    URL.revokeObjectURL(address);
    return null;
  } catch {
    return { kind: "unreachable" };
  }
}
