// The language of the portal: its words and its formats. Switched by whoever looks, and remembered in the browser.
import { createContext, useContext, useEffect, useState, type ReactNode } from "react";
import { formatsOf, type Formats } from "../format/formats";
import { de } from "./de";
import { en, type Words } from "./en";

/** A further language is a file like de.tsx and a line here. */
export const LANGUAGES = { en: "English", de: "Deutsch" } as const;
const WORDS: Record<Language, (format: Formats) => Words> = { en, de };

export type Language = keyof typeof LANGUAGES;

export interface Texts {
  language: Language;
  words: Words;
  format: Formats;
  speak: (language: Language) => void;
}

const KEY = "tributary-language";
const isLanguage = (text: string | null): text is Language => text !== null && text in LANGUAGES;

/** What was chosen here before, or else the first of the browser's languages that there is. */
function first(): Language {
  const chosen = localStorage.getItem(KEY);
  if (isLanguage(chosen)) return chosen;
  return navigator.languages.map((locale) => locale.split("-")[0] ?? "").find(isLanguage) ?? "en";
}

function textsIn(language: Language): Omit<Texts, "speak"> {
  // Somebody in Austria who reads German is to see amounts as Austria writes them.
  const locale = navigator.languages.find((one) => one.split("-")[0] === language) ?? language;
  const format = formatsOf(locale);
  return { language, words: WORDS[language](format), format };
}

const TextsContext = createContext<Texts | null>(null);

export function Speaking({ children }: { children: ReactNode }) {
  const [texts, setTexts] = useState(() => textsIn(first()));
  useEffect(() => {
    document.documentElement.lang = texts.language;
  }, [texts.language]);
  const speak = (language: Language) => {
    localStorage.setItem(KEY, language);
    setTexts(textsIn(language));
  };
  return <TextsContext value={{ ...texts, speak }}>{children}</TextsContext>;
}

export function useTexts(): Texts {
  const texts = useContext(TextsContext);
  if (!texts) throw new Error("there is no <Speaking> around this component");
  return texts;
}

export function LanguageSwitch() {
  const { language, words, speak } = useTexts();
  return (
    <label className="pick language">
      <span className="unseen">{words.shell.language}</span>
      <select value={language} onChange={(event) => speak(event.target.value as Language)}>
        {Object.entries(LANGUAGES).map(([code, name]) => (
          <option key={code} value={code} title={name}>
            {code.toUpperCase()}
          </option>
        ))}
      </select>
    </label>
  );
}
