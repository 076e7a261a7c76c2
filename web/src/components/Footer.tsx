import { useQuery } from "@tanstack/react-query";

import { apiUrl } from "../api/config";

export function Footer() {
  const { data: docs } = useQuery({
    queryKey: ["docs"],
    queryFn: () => apiUrl("docs"),
    staleTime: Infinity,
  });
  return (
    <footer>
      <p>
        Perceived presentation as annotators label it, never anybody’s identity. Do not decide about
        a person by it.
      </p>
      <p>
        <a href={docs ?? "../docs"}>API documentation</a>
      </p>
    </footer>
  );
}
