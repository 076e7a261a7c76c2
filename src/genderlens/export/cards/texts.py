"""What every model card and datasheet says, whatever the model."""

from __future__ import annotations

from textwrap import fill
from typing import Final

from genderlens.bundle import HeadSpec
from genderlens.export.cards.head_words import label_count, label_words, subject

_INTENDED_USE: Final = """\
## Intended use

{says}

**Meant for** aggregate statistics over collections, curation and audits of data sets, research and
teaching, each with a person who can overrule it.

**Not to be used for**

- decisions about a single person: access, hiring, pricing, insurance, policing, medicine;
- finding out, recording or disputing anybody's gender identity or sex, or outing anybody;
- telling trans, intersex or non-binary people from others, or anybody's sexual orientation;
- identification, tracking or surveillance;
- pictures of people who have not been told, or wherever a wrong answer harms someone.
"""


def intended_use(head: HeadSpec) -> str:
    """What the answer of a model is for, and what it is not for."""
    says = (
        "It says how a face in a photograph *looks* to a model that learnt from annotators' "
        f"labels: {subject(head)}, {label_words(head)}, or `uncertain`. It does not know "
        f"anybody's gender identity or sex. The {label_count(head)} labels are the data's making; "
        "people whom they do not fit are misjudged by design."
    )
    return _INTENDED_USE.format(says=fill(says, 100, break_on_hyphens=False))


FACTORS: Final = """\
## Factors

What is known to move the answer: age of the person (young children are judged worst), skin tone and
race as annotated, pose, light, blur, low resolution, make-up, hair, head coverings, masks and
sunglasses. Group labels below are annotators' impressions or the data set's own attributes, never
predictions of ours. `genderlens evaluate` measures groups and their intersections on other data,
`genderlens robustness` measures worse pictures.
"""

ETHICS: Final = """\
## Ethical considerations

Gender is not visible in a face. Annotators agreed on an impression, and the model repeats that
impression together with its prejudices, at a larger scale. Errors are not spread evenly: see the
groups above. Abstaining does not mend that; a threshold that halves the errors overall can leave a
group with a larger share of them than before, and with fewer answers.

Assume that nobody in the training pictures was asked about their gender. Whoever uses the model on
pictures of identifiable people processes personal data, and possibly special categories of them,
under Regulation (EU) 2016/679 (GDPR) or the law that applies instead.
"""

EU_AI_ACT: Final = """\
## Regulation (EU) 2024/1689 (AI Act)

Notes for deployers in the European Union on the text as adopted in 2024; no legal advice, and later
amendments are not considered.

- **What it is.** Assigning people to categories on the basis of their biometric data is
  *biometric categorisation* (Article 3(40)); recital 16 names sex among such categories. The
  definition leaves out what is ancillary to another commercial service and strictly necessary for
  objective technical reasons.
- **Transparency, Article 50(3).** Deployers of a biometric categorisation system must inform the
  people exposed to it of its operation, and must process personal data in accordance with
  Regulations (EU) 2016/679 and (EU) 2018/1725 and Directive (EU) 2016/680, as applicable. Article
  50(5): clearly and distinguishably, at the latest at the first interaction or exposure, and
  accessibly. There is an exception for systems permitted by law to detect, prevent or investigate
  criminal offences, with safeguards. This software shows nobody such a notice; the deployer must.
- **Prohibited, Article 5(1)(g).** Categorising individuals by their biometric data to deduce or
  infer their race, political opinions, trade union membership, religious or philosophical
  beliefs, sex life or sexual orientation. Sex and gender are not on that list, but using this
  model's answers as a means to any of those ends is. Labelling or filtering lawfully acquired
  biometric data sets is not covered by the prohibition.
- **Possibly high-risk, Article 6(2) with Annex III point 1(b).** Systems intended for biometric
  categorisation according to sensitive or protected attributes or characteristics, based on the
  inference of those. Recital 54 explains this by Article 9(1) of the GDPR, which does not name
  sex or gender; Union law against discrimination protects them. Which reading applies to an
  intended purpose must be assessed by whoever places such a system on the market or puts it into
  service. Nothing here claims conformity with the requirements for high-risk systems.
"""

CAVEATS: Final = """\
## Caveats and recommendations

- Young children and faces of fewer than about 30 pixels are judged worst.
- Groups of few pictures have wide intervals; no gap between them proves anything.
- Confidence is calibrated on pictures like the training data; elsewhere it is a rough guide.
- Measure on your own pictures before you rely on it, by group, and keep a person who can overrule.
- Report aggregates with intervals and with the share of `uncertain` and refused pictures.
"""
