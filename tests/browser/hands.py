"""Ways to use a page: with a pointer, or the keyboard alone. A job is written once and done in each."""

import pytest
from playwright.sync_api import Locator, Page, expect

MOST_TABS = 400

# What a way needs of the browser, and how it is used. "phone": 360 px wide. "no script": JavaScript is off.
WAYS = {
    "mouse": {},
    "phone": {"width": 360, "has_touch": True},
    "keyboard": {"reduced_motion": "reduce"},  # smooth scrolling would still be under way at the next key
    "no script": {"java_script_enabled": False},
}
in_every_way = pytest.mark.parametrize("way", WAYS)


class Pointer:
    """A mouse or a finger. A page is used once it is loaded: its scripts have run."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, thing: Locator) -> None:
        """Press a link or a button."""
        self.page.wait_for_load_state()
        thing.click()

    def write(self, field: Locator, text: str) -> None:
        """Replace what a field holds."""
        self.page.wait_for_load_state()
        field.fill(text)

    def choose(self, box: Locator) -> None:
        """Choose a radio button, or tick a box."""
        self.page.wait_for_load_state()
        box.check()

    def select(self, field: Locator, words: str) -> None:
        """Choose the option with these words from a list."""
        self.page.wait_for_load_state()
        field.select_option(label=words)


class Keyboard:
    """Tab, Enter, Space, arrow keys and letters. Every stop on the way has to show that it is in focus.

    A page is used once it is loaded: its style sheets and scripts are there.
    """

    def __init__(self, page: Page) -> None:
        self.page = page

    def press(self, thing: Locator) -> None:
        """Go to a link or a button and press Enter. Another page that it leads to has begun to come."""
        self.go_to(thing)
        self.page.locator(":focus").press("Enter")  # waits for it, which page.keyboard.press does not

    def write(self, field: Locator, text: str) -> None:
        """Go to a field and type over what it holds."""
        self.go_to(field)
        self.page.keyboard.press("Control+A")
        self.page.keyboard.press("Delete")
        self.page.keyboard.type(text)

    def choose(self, box: Locator) -> None:
        """Go to a box and press Space; to a group of radio buttons, and use the arrows."""
        expect(box).to_have_count(1)
        if box.get_attribute("type") == "radio":
            name, form = box.get_attribute("name"), box.locator("xpath=ancestor::form")
            self.go_to(form.locator(f'input[name="{name}"]'))
            for _ in range(form.locator(f'input[name="{name}"]').count()):
                if _is_in_focus(box):
                    break
                self.page.keyboard.press("ArrowDown")
        else:
            self.go_to(box)
        if not box.is_checked():
            self.page.keyboard.press("Space")
        expect(box).to_be_checked()

    def select(self, field: Locator, words: str) -> None:
        """Go to a list and use the arrows."""
        self.go_to(field)
        options = [" ".join(text.split()) for text in field.locator("option").all_text_contents()]
        steps = options.index(words) - field.evaluate("list => list.selectedIndex")
        for _ in range(abs(steps)):
            self.page.keyboard.press("ArrowDown" if steps > 0 else "ArrowUp")
        assert field.evaluate("list => list.selectedOptions[0].textContent.trim()") == words

    def go_to(self, thing: Locator) -> None:
        """Press Tab until ``thing`` (or one of several) is in focus; fail when it never is."""
        expect(thing.first).to_be_attached()
        self.page.wait_for_load_state()
        for _ in range(MOST_TABS):
            if _is_in_focus(thing):
                return
            self.page.keyboard.press("Tab")
            assert_focus_shows(self.page)
        raise AssertionError(f"Tab does not lead to {thing}")


def hands(page: Page, way: str) -> Pointer | Keyboard:
    """The hands that use a page in this way."""
    return Keyboard(page) if way == "keyboard" else Pointer(page)


def has_script(way: str) -> bool:
    """Whether scripts run in this way."""
    return WAYS[way].get("java_script_enabled", True)


def look_again(page: Page) -> None:
    """Let a phone look now where its workshop stands, as it does when somebody takes it up again."""
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")


def assert_focus_shows(page: Page) -> None:
    """Fail when what has the focus does not show it: no outline, no area, or out of the window."""
    missing = page.evaluate(
        """() => {
            const element = document.activeElement;
            if (!element || element === document.body || element === document.documentElement) return null;
            const outlined = candidate => {
                const style = getComputedStyle(candidate);
                return style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 2;
            };
            const label = element.closest("label");
            const box = element.getBoundingClientRect();
            const inside = box.width > 0 && box.height > 0 && box.bottom > 0 && box.right > 0
                && box.top < innerHeight && box.left < innerWidth;
            if (inside && (outlined(element) || (label && outlined(label)))) return null;
            return `${element.outerHTML.slice(0, 150)} ${JSON.stringify(box)}`;
        }"""
    )
    assert missing is None, f"{page.url}: the focus does not show on {missing}"


def _is_in_focus(thing: Locator) -> bool:
    return thing.evaluate_all("elements => elements.includes(document.activeElement)")
