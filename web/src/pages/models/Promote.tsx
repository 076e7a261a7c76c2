import { asFailure } from "../../api/failure";
import { ConfirmButton } from "../../components/ConfirmButton";
import { FailureNote } from "../../components/FailureNote";
import { Gates, gatesOf } from "../../components/Gates";
import { t } from "../../words/en";
import { usePromote } from "./query";

/** Asks for a promotion; where the gates refuse it, says which one and by how much. */
export function Promote({ version }: { version: string }) {
  const promotion = usePromote();
  const gates = promotion.error ? gatesOf(asFailure(promotion.error).document) : [];
  return (
    <>
      <ConfirmButton
        label={promotion.isPending ? t.models.judging : t.models.promote}
        name={t.models.promoteOf(version)}
        question={t.models.reallyPromote}
        disabled={promotion.isPending}
        onConfirm={() => promotion.mutate({ version })}
      />
      {gates.length > 0 ? <Gates gates={gates} /> : <FailureNote error={promotion.error} />}
    </>
  );
}
