"""What WeasyPrint leaves open of PDF/UA-1 (ISO 14289-1), mended in the objects of a PDF before it is written.

The foot of a page is an artifact, as it is no part of the text (7.1). Heads of tables say whether they head a
column or a row (7.5). The words of a list's item stand in a body beside its number (7.6). A table that goes
on on the next page is one table: its heads there are artifacts, and a row that was cut is one row again.
"""


def mend(document, pdf):
    """Mend the tags of a PDF that is about to be written: a ``finisher`` of WeasyPrint."""
    _Tags(pdf).mend()


class _Tags:
    """The tree of tags of a PDF; an element names its kids and its parent by reference."""

    def __init__(self, pdf):
        self._pdf = pdf
        self._objects = {item.reference: item for item in pdf.objects}
        self._root = self._objects[pdf.catalog["StructTreeRoot"]]

    def mend(self):
        """Mend the whole tree, and what the pages say of it."""
        self._join_tables()
        tagged = dict(self._elements(self._root))
        for element in tagged.values():
            if element["S"] == "/TH":
                row = self._objects[element["P"]]
                element["A"]["Scope"] = "/Column" if self._parent(row)["S"] == "/THead" else "/Row"
        for element in [element for element in tagged.values() if element["S"] == "/LI"]:
            tagged[self._give_body(element)] = element
        numbers = self._objects[self._root["ParentTree"]]["Nums"]
        for page, held in zip(self._pdf.page_references, numbers[1::2], strict=False):
            _leave_out(self._objects[self._objects[page]["Contents"]], held, tagged)

    def _elements(self, top):
        """Yield each element below another one, as it is read, with its reference."""
        open_ends = list(reversed(top["K"]))
        while open_ends:
            reference = open_ends.pop()
            element = self._objects.get(reference)  # none for a number, which stands for words on a page
            if element is not None and "S" in element:
                yield reference, element
                open_ends += reversed(element["K"])

    def _parent(self, element):
        return self._objects[element["P"]]

    def _kids(self, element, kind):
        """Return the kids of a kind."""
        return [self._objects[kid] for kid in element["K"] if self._objects[kid]["S"] == kind]

    def _move(self, kids, parent, at=None):
        """Put kids at the end of another parent, or from a place on."""
        place = len(parent["K"]) if at is None else at
        for kid in kids:
            self._parent(kid)["K"].remove(kid.reference)
            kid["P"] = parent.reference
        parent["K"][place:place] = [kid.reference for kid in kids]

    def _join_tables(self):
        """Join to a table with a caption those without that follow: the rest of it, on other pages."""
        whole, joined = None, {}
        for table in [element for _, element in self._elements(self._root) if element["S"] == "/Table"]:
            if self._kids(table, "/Caption"):
                whole = table
            elif whole is not None:
                self._join(whole, table)
                joined[whole.reference] = whole
        for cell in (cell for table in joined.values() for _, cell in self._elements(table)):
            if cell["S"] == "/TD":
                cell["A"].pop("Headers", None)  # some are gone: the scope of those that are left says it all

    def _join(self, whole, rest):
        rows = self._rows(rest)
        if not self._kids(whole, "/THead"):  # a row as long as a page left no room for the heads above it
            self._move(self._kids(rest, "/THead"), whole, at=1)
        if not self._rows(whole):
            self._move(self._kids(rest, "/TBody"), whole)
        elif rows:
            if self._is_cut(rows[0]):
                self._join_cells(self._rows(whole)[-1], rows.pop(0))
            self._move(rows, self._kids(whole, "/TBody")[0])
        self._take_away(rest)

    def _rows(self, table):
        return [row for body in self._kids(table, "/TBody") for row in self._kids(body, "/TR")]

    def _join_cells(self, row, rest):
        for cell, more in zip(row["K"], rest["K"], strict=True):
            self._move([self._objects[kid] for kid in self._objects[more]["K"]], self._objects[cell])

    def _is_cut(self, row):
        """Say whether a row goes on from the page before: then nothing, or nothing more, names it."""
        names = self._kids(row, "/TH")
        return not any(any(self._words(name)) for name in names)

    def _words(self, element):
        return [
            kid
            for _, below in self._elements({"K": [element.reference]})
            for kid in below["K"]
            if isinstance(kid, int)
        ]

    def _take_away(self, element):
        """Take an element out of the tree, and what is empty without it."""
        while True:
            parent = self._parent(element)
            parent["K"].remove(element.reference)
            if parent["K"] or parent["S"] != "/Div":
                return
            element = parent

    def _give_body(self, item):
        """Put all of an item of a list but its number into a body, if it has none; return its reference."""
        bodies = self._kids(item, "/LBody")
        if bodies:
            return bodies[0].reference
        body = type(item)({**item, "S": "/LBody", "K": type(item["K"])(), "P": item.reference})
        self._pdf.add_object(body)
        self._objects[body.reference] = body
        self._move([self._objects[kid] for kid in item["K"] if self._objects[kid]["S"] != "/Lbl"], body)
        item["K"].append(body.reference)
        return body.reference


def _leave_out(stream, held, tagged):
    """Make artifacts of those words of a page that are in no element of the tree."""
    written = stream.stream
    for at, operator in enumerate(written):
        if operator == b"BDC" and held[written[at - 1]["MCID"]] not in tagged:
            held[written[at - 1]["MCID"]] = "null"
            written[at - 2], written[at - 1] = "/Artifact", type(written[at - 1])({"Type": "/Pagination"})
