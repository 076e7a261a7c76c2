export function ResponsibleUse() {
  return (
    <aside className="responsible" aria-label="What an answer means">
      <p>
        An answer is an impression of how a face looks to a model trained on annotators’ labels, not
        anybody’s identity, and no ground to decide about a person. It is wrong more often for
        children and older people, for small, blurred or turned faces, and not equally often for
        people of every origin: <a href="#/card">the model card</a> says for whom.
      </p>
    </aside>
  );
}
