"""A finger on the keypad, every tap of it counted."""


class Finger:
    """Taps, counted."""

    def __init__(self, page):
        self.page, self.taps = page, 0

    def tap(self, target):
        """Tap something."""
        target.tap()
        self.taps += 1

    def key(self, name):
        """Tap a key of the pad by its name."""
        self.tap(self.page.locator("#pad").get_by_role("button", name=name, exact=True))

    def enter(self, digits):
        """Type a number and go on."""
        for digit in digits:
            self.key("Decimal point" if digit == "." else digit)
        self.key("Next")

    def still(self):
        """Say that a setting is still what it was."""
        self.tap(self.page.get_by_role("button", name="I looked: still"))

    def same_looks(self):
        """Answer everything that is looked at as well."""
        for look in self.page.locator("[data-look]").all():
            self.tap(look.locator("label").first)

    def sign(self):
        """Sign; nothing needs confirming."""
        self.tap(self.page.get_by_role("button", name="Sign check", exact=True))
