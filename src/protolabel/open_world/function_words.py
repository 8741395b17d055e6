"""Words of some languages that say nothing of a topic: articles, pronouns, prepositions.

Those of a language count where texts are in it, so that "war" and "hat" stay words of English.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable

_WORDS = {
    "French": """
        au aux avec car ce cela ces cette chez comme dans de des donc dont du elle elles en est et
        eu il ils je la le les leur leurs lui ma mais mes moi mon ne nos notre nous on ont ou par
        pas peu plus pour qu que qui sa sans se ses si son sont sous sur ta te tes toi ton tous
        tout toute tu un une vos votre vous y \u00e0 \u00e9t\u00e9 \u00eatre""",
    "German": """
        aber als am an auch auf aus bei bin bis da dass dem den der des die dies diese diesem diesen
        dieser dieses doch du durch ein eine einem einen einer eines er es euch f\u00fcr haben hat
        hatte hier ich ihm ihn ihnen ihr ihre ihrem ihren ihrer im in ist ja kann kein keine man
        mein meine mich mir mit nach nicht noch nur ob oder ohne sehr sein seine sich sie sind so
        \u00fcber um und uns unser unsere unter vom von vor war was wenn werden wie wir wird wurde
        zu zum zur""",
    "Spanish": """
        al as\u00ed como con cuando de del desde donde el ella ellos en entre era es esta este esto
        ha hasta hay la las le les lo los m\u00e1s me mi muy ni no nos o para pero por porque que
        qu\u00e9 se ser si sin sobre son su sus tambi\u00e9n te tu un una usted y ya yo""",
    "Italian": """
        ai al alla alle anche che chi ci come con cui da dal dalla degli dei del della delle di e
        \u00e8 era gli ha ho i il in io la le lei lo loro lui ma mi mio ne nel nella noi non o per
        pi\u00f9 se si sono su sua sue sul sulla suo tra un una uno vi voi""",
    "Portuguese": """
        a ao aos as com como da das de do dos e ela ele em entre era \u00e9 essa esse esta este eu
        foi h\u00e1 isso j\u00e1 lhe mais mas me meu minha muito na nas n\u00e3o no nos nossa nosso
        o os ou para pela pelo por que quem se sem ser seu seus sua suas s\u00e3o tamb\u00e9m tem um
        uma voc\u00ea""",
    "Dutch": """
        aan als ben bij dan dat de deze die dit door een en er geen had heb hebben heeft het hier
        hij hoe ik in is je kan maar me met mij mijn na naar niet nog nu of om onder ons onze ook
        op over te tot u uit uw van veel voor waar was wat we wel werd wij wordt ze zich zij zijn
        zo""",
}
SHARE = 0.05  # of all words, from which on there are texts in a language
FEWEST = 6  # different words of a language in such texts


def function_words(words: Iterable[str], english: Collection[str]) -> frozenset[str]:
    """Return the words without a topic of the languages that texts are in.

    Args:
        words: of the texts, in lower case, each as often as it occurs.
        english: those of English, which tell no other language.
    """
    counts = Counter(words)
    least = SHARE * counts.total()
    of_texts: set[str] = set()
    for listed in map(str.split, _WORDS.values()):
        present = [word for word in listed if word not in english and word in counts]
        if len(present) >= FEWEST and sum(counts[word] for word in present) > least:
            of_texts.update(listed)
    return frozenset(of_texts)
