"""Section names in the languages that have a table."""

from dataclasses import fields

import pytest

from corpus.test_clean import make_blocks
from further.corpus.clean.papers import CleanSettings, clean_papers
from further.corpus.names import LANGUAGES, Names
from further.corpus.sections import EVERY, is_section, plain_heading, run_in, sections_in

# Names as journals of each language print them: references, back matter, keywords, appendix, contents.
REFERENCES = {
    "de": ["Literaturverzeichnis", "Quellenverzeichnis", "Bibliographie", "LITERATUR", "Literatur:"],
    "fr": ["Références", "RÉFÉRENCES BIBLIOGRAPHIQUES", "References bibliographiques", "Bibliographie"],
    "es": ["Referencias bibliográficas", "REFERENCIAS BIBLIOGRAFICAS", "Bibliografía", "Referencias (31)"],
    "pt": ["Referências", "REFERÊNCIAS BIBLIOGRÁFICAS", "Bibliografia consultada"],
    "it": ["Bibliografia", "Riferimenti bibliografici"],
    "nl": ["Literatuur", "Referenties", "Literatuurlijst"],
    "sv": ["Referenser", "Källförteckning", "Litteraturförteckning"],
    "zh": ["参考文献", "參考文獻", "参 考 文 献", "引用文献"],
    "ja": ["文献", "参考文献", "引用文献", "文 献"],
}
BACK = {
    "de": ["Danksagung", "Interessenkonflikt", "Finanzierung und Danksagung", "Einhaltung ethischer Richtlinien"],
    "fr": ["Remerciements", "Conflits d'intérêts", "Déclaration de liens d’intérêts", "Contributions des auteurs"],
    "es": ["Agradecimientos", "Conflicto de intereses", "Declaración de conflictos de intereses", "Financiación"],
    "pt": ["Agradecimentos", "Conflitos de interesse", "Contribuição dos autores", "Fontes de financiamento"],
    "it": ["Ringraziamenti", "Conflitto di interessi", "Contributo degli autori", "Finanziamenti"],
    "nl": ["Dankwoord", "Belangenverstrengeling", "Financiering", "Bijdragen van de auteurs"],
    "sv": ["Tack", "Intressekonflikter", "Jäv", "Finansiering", "Författarnas bidrag"],
    "zh": ["致谢", "致 謝", "利益冲突声明", "作者贡献", "基金项目"],
    "ja": ["謝辞", "利益相反", "著者貢献", "研究資金"],
}
THESIS = {
    "de": ["Eidesstattliche Versicherung", "Ehrenwörtliche Erklärung", "Lebenslauf"],
    "fr": ["Déclaration sur l'honneur", "Attestation de non-plagiat", "Curriculum vitae"],
    "es": ["Declaración de autoría", "Dedicatoria"],
}
SUBJECTS = {
    "de": ["Finanzierung der Krankenhäuser", "Ethik der Verteilung", "Literaturrecherche"],
    "fr": ["Financement des hôpitaux", "Auteurs et lecteurs de revues", "Sources de variation"],
    "es": ["Financiación de los hospitales", "Bibliografía sobre el trasplante"],
    "pt": ["Financiamento da saúde", "Referências de preço"],
    "it": ["Finanziamento della ricerca", "Riferimenti anatomici"],
    "nl": ["Financiering van zorg", "Literatuuronderzoek"],
    "sv": ["Finansiering av vården", "Litteratursökning"],
    "zh": ["利益分析", "作者的结论", "感谢信研究", "文献复习"],
    "ja": ["文献検索", "資金調達の方法", "同意の形成"],
}
PARAGRAPH = {
    "de": "Die Patienten erhielten drei Wochen lang eine niedrige Dosis, danach stieg der Blutdruck bei den meisten "
    "wieder an. Gemessen wurden Gewicht, Puls und Temperatur an jedem zweiten Tag, und das bis zum Ende der Studie.",
    "fr": "Les patients ont reçu une faible dose pendant trois semaines, puis la pression artérielle a augmenté chez "
    "la plupart des participants. Le poids, le pouls et la température ont été mesurés tous les deux jours.",
    "es": "Los pacientes recibieron una dosis baja durante tres semanas y después la presión arterial aumentó en la "
    "mayoría de los participantes. Se midieron el peso, el pulso y la temperatura cada dos días.",
    "pt": "Os pacientes receberam uma dose baixa durante três semanas e depois a pressão arterial aumentou na maioria "
    "dos participantes. O peso, o pulso e a temperatura foram medidos a cada dois dias até o fim do estudo.",
    "it": "I pazienti hanno ricevuto una dose bassa per tre settimane, poi la pressione arteriosa è aumentata nella "
    "maggior parte dei partecipanti. Il peso, il polso e la temperatura sono stati misurati ogni due giorni.",
    "nl": "De patiënten kregen drie weken lang een lage dosis, daarna steeg de bloeddruk bij de meeste deelnemers. "
    "Gewicht, pols en temperatuur werden om de twee dagen gemeten, en dat tot het einde van het onderzoek.",
    "sv": "Patienterna fick en låg dos under tre veckor, därefter steg blodtrycket hos de flesta deltagarna igen. "
    "Vikt, puls och temperatur mättes varannan dag under hela studien, och de som slutade följdes till dess slut.",
    "zh": "患者在三周内接受了低剂量的药物，之后大多数人的血压又升高了，"
    "而体重、脉搏和体温每两天测量一次，一直到研究结束为止。"
    "在对照组中，没有人的血压有这样的变化，这与以前的结果是不同的，因为他们在治疗之前就已经得到了很好的照顾。",
    "ja": "患者は三週間にわたり低い用量の薬を投与され、その後に多くの人で血圧が再び上がった。"
    "体重と脈拍と体温は二日ごとに測定され、"
    "これは研究の終わりまで続けられた。対照の群では血圧のこのような変化は見られず、以前の結果とは異なるものであった。",
}
OTHERS = sorted(set(LANGUAGES) - {"en"})


@pytest.mark.parametrize("language", OTHERS)
def test_names_of_a_language_are_found_in_it_and_subjects_are_none(language):
    names = sections_in(language)
    assert all(names.references.fullmatch(name) for name in REFERENCES[language])
    assert all(is_section(names.back, name) for name in (*BACK[language], *THESIS.get(language, ())))
    assert not any(names.references.fullmatch(name) for name in SUBJECTS[language])
    assert not any(is_section(names.back, name) for name in SUBJECTS[language])
    assert not names.owed.search(PARAGRAPH[language])


def test_a_language_without_a_table_has_the_english_names():
    assert sections_in("fi").back.pattern == sections_in().back.pattern == sections_in("en").back.pattern


def test_every_table_has_every_column():
    """Reviews are printed with articles in English alone."""
    for names in LANGUAGES.values():
        assert all(getattr(names, field.name) for field in fields(Names) if field.name != "reviews")


def test_an_accent_may_be_missing_and_a_letter_may_not():
    assert EVERY.references.fullmatch("Referencias bibliograficas") and not EVERY.references.fullmatch("Rferences")


ABSTRACTS = {"de": "Zusammenfassung", "fr": "Résumé", "es": "Resumen", "pt": "Resumo", "it": "Riassunto"} | {
    "nl": "Samenvatting",
    "sv": "Sammanfattning",
    "zh": "摘要",
    "ja": "要旨",
}


@pytest.mark.parametrize("language", OTHERS)
def test_an_article_in_another_language_keeps_its_body_and_nothing_behind_it(language):
    def section(name, page):
        text = f"{name}. {PARAGRAPH[language]}"
        return (
            {"kind": "heading", "text": name, "page": page, "bold": True},
            {"kind": "text", "text": text, "page": page},
        )

    table = LANGUAGES[language]
    body = [
        ("title", "Cold storage"),
        *section(ABSTRACTS[language], 1),
        *(block for number in range(1, 4) for block in section(f"{number} Tema", 2)),
    ]
    end = [
        *section(BACK[language][0], 3),
        {"kind": "heading", "text": REFERENCES[language][0], "page": 4, "bold": True},
        *(("text", f"{n}. Maker A, Drawer B. Hearts kept in a box. J Made Art. 2019;{n}:11-19.") for n in range(1, 17)),
    ]
    settings = CleanSettings(False, True, 10, language=language)
    rows, _, rejected, decisions = clean_papers(make_blocks(*body, *end), settings)
    assert rejected.num_rows == 0
    assert decisions["reason"].to_pylist() == ["kept"] * len(body) + ["back matter"] * 2 + ["reference"] * 17
    assert table.references and rows.num_rows == len(body)


@pytest.mark.parametrize(
    ("language", "column", "heading"),
    [
        ("zh", "abstract", "【摘 要】"),
        ("zh", "body", "一、引言"),
        ("zh", "body", "1引言"),
        ("zh", "body", "2.1 资料与方法"),
        ("zh", "body", "2.1资料与方法"),
        ("zh", "body", "第2章 方法"),
        ("zh", "body", "第三章 结果与分析"),
        ("zh", "appendix", "附录 A"),
        ("ja", "body", "１．はじめに"),
        ("ja", "body", "対象と方法"),
        ("ja", "body", "結果および考察"),
    ],
)
def test_numbers_and_brackets_of_chinese_and_japanese_headings(language, column, heading):
    assert is_section(getattr(sections_in(language), column), heading)
    assert not is_section(getattr(sections_in("en"), column), heading)


@pytest.mark.parametrize(
    "heading", ["10例患者的结果", "2型糖尿病", "5年生存率", "十二指肠", "方法学的比较", "结果的推广"]
)
def test_a_subject_that_begins_like_a_section_in_chinese_is_none(heading):
    assert plain_heading(heading) == heading
    assert not is_section(sections_in("zh").body, heading)


def test_the_name_before_a_chinese_paragraph_is_its_heading():
    names = sections_in("zh")
    assert run_in(names.abstract, "【摘要】 目的 探讨供体心脏低温保存的时间。")
    assert run_in(names.keywords, "关键词：心脏；移植")
    assert run_in(names.label, "方法：对四组患者的心脏进行了比较。")
    assert not run_in(names.label, "方法学的比较很多：对四组患者的心脏进行了比较。")
