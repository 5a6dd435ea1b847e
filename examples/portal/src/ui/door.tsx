import { Mark } from "./mark";

const WORDS = {
  "no token": {
    title: "Open the portal with your link",
    text: "This page opens with the personal link that your partner manager sent you. The link holds your access, so it works from any browser.",
  },
  expired: {
    title: "Your link has expired",
    text: "Links are good for a limited time. Ask your partner manager for a new one, or open the portal from where you usually do.",
  },
  refused: {
    title: "This link no longer opens the portal",
    text: "Your access has ended, or your partnership is suspended at the moment. What you have earned is not lost. Your partner manager can tell you more.",
  },
} as const;

/** For whoever may not come in. The gateway says the same of every token that is not good, and so does this page. */
export function Door({ why }: { why: keyof typeof WORDS }) {
  const { title, text } = WORDS[why];
  return (
    <main className="door" role="alert">
      <div className="door-card">
        <Mark />
        <h1>{title}</h1>
        <p>{text}</p>
      </div>
    </main>
  );
}
