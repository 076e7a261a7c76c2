import { useQuery } from "@tanstack/react-query";
import Markdown from "react-markdown";
import remarkGfm from "remark-gfm";

import { api, unwrap } from "../../api/client";
import { Unavailable } from "../../components/Unavailable";
import { t } from "../../words/en";

async function readCard(): Promise<string> {
  return unwrap(await (await api()).GET("/model-card", { parseAs: "text" }));
}

/** The card's own title is a heading of the page; tables scroll on narrow screens. */
export default function CardPage() {
  const { data, error } = useQuery({ queryKey: ["model-card"], queryFn: readCard });
  if (error) return <Unavailable what={t.card.what} error={error} />;
  return (
    <article className="prose" aria-busy={!data}>
      <Markdown
        remarkPlugins={[remarkGfm]}
        components={{
          table: ({ children }) => (
            // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- keyboards scroll what has focus
            <div className="scroll" role="group" aria-label={t.card.table} tabIndex={0}>
              <table>{children}</table>
            </div>
          ),
        }}
      >
        {data ?? t.loading}
      </Markdown>
    </article>
  );
}
