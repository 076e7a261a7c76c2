import { useQuery } from "@tanstack/react-query";

import { apiUrl } from "../api/config";
import { t } from "../words/en";

export function Footer() {
  const { data: docs } = useQuery({
    queryKey: ["docs"],
    queryFn: () => apiUrl("docs"),
    staleTime: Infinity,
  });
  return (
    <footer>
      <p>{t.footer}</p>
      <p>
        <a href={docs ?? "../docs"}>{t.apiDocs}</a>
      </p>
    </footer>
  );
}
