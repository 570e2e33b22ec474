"""The shelf: what lies in the stores, one lot, and everything that is done to it."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from accounts.access import UserRequest, held, requires, rights_in
from accounts.models import Unit
from accounts.permissions import Permission
from accounts.queries import units_of
from circuits.access import open_shared
from circuits.actions.counts import count_stock
from circuits.actions.stock import (
    discard_stock,
    quarantine_stock,
    receive_stock,
    reserve_stock,
    return_stock,
    set_par_level,
)
from circuits.forms.stock import CountForm, EndForm, MoveForm, ParForm, ReceiveForm, ReserveForm
from circuits.models import DeviceModel, StockLot, StockMovement
from circuits.shelf import numbered_on_shelf
from circuits.stocklist import lines_of, shelves
from web.pages import act_on_form

P = Permission
MOVES: dict[str, tuple[str, str, Callable[..., object]]] = {
    "reserve": ("Reserve", "reserved_at", reserve_stock),
    "set-aside": ("Keep aside", "quarantined_at", quarantine_stock),
    "discard": ("Throw away", "discarded_at", discard_stock),
}
"""What is taken off the shelf, by its place in the address: title, name of its time, action."""
ENDS: dict[str, tuple[str, str, Callable[..., object]]] = {
    "put-back": ("Put back on the shelf", "returned_at", return_stock),
    "throw-away": ("Throw away", "discarded_at", discard_stock),
}
"""How a reservation or quarantine ends."""


@require_safe
@requires(P.CATALOGUE_VIEW)
def stock_list(request: UserRequest) -> HttpResponse:
    """Show the stores of one's centres: by product and lot, against what is wanted."""
    at = timezone.now()
    units = _stores(request, at)
    unit = _asked(request, "unit", units)
    context = {
        "units": units,
        "unit": unit,
        "shelves": shelves(request.user, at, unit),
        "may_work": P.CATALOGUE_EDIT in held(request),
        "at": at,
    }
    return render(request, "circuits/stock_list.html", context)


@require_safe
@requires(P.CATALOGUE_VIEW)
def stock_detail(request: UserRequest, public_id: str) -> HttpResponse:
    """Show one lot: what lies of it, what is set aside, and everything that moved."""
    at = timezone.now()
    lot = _lot(request, public_id, P.CATALOGUE_VIEW)
    moved = lot.movements.select_related("entered_by", "component", "use__circuit", "settled_by")
    movements = list(moved.order_by("-moved_at", "-pk"))
    aside = ("reserved", "quarantined")
    context = {
        "lot": lot,
        "line": lines_of([lot], at)[0],
        "movements": movements,
        "aside": [m for m in movements if m.kind in aside and not hasattr(m, "settled_by")],
        "counted": lot.counts.select_related("entered_by").last(),
        "numbered": numbered_on_shelf(lot),
        "may_work": P.CATALOGUE_EDIT in rights_in(request.user, lot.unit),
        "at": at,
    }
    return render(request, "circuits/stock_detail.html", context)


@requires(P.CATALOGUE_EDIT)
def stock_receive(request: UserRequest) -> HttpResponse:
    """Put a delivery on the shelf."""
    at = timezone.now()
    form = ReceiveForm(
        request.POST or None,
        request.FILES or None,
        at=at,
        units=units_of(request.user, P.CATALOGUE_EDIT, at),
    )

    def receive(facts: dict[str, Any]) -> StockMovement:
        same = {name: facts[name] for name in ("unit", "received_at", "reason")}
        return receive_stock(**same, arrival=form.arrival(), by=request.user, at=at)

    return _page(
        request,
        form,
        receive,
        title="Received",
        sub="scan the label of each box; what it says is shown once, to compare",
        done="Received: it is on the shelf.",
        has_files=True,
    )


@requires(P.CATALOGUE_EDIT)
def stock_count(request: UserRequest, public_id: str) -> HttpResponse:
    """Note how many lie on the shelf."""
    at = timezone.now()
    lot = _lot(request, public_id, P.CATALOGUE_EDIT)
    return _page(
        request,
        CountForm(request.POST or None, at=at),
        lambda facts: count_stock(lot=lot, **facts, by=request.user, at=at),
        title="Count the shelf",
        sub=_words(lot),
        done="Counted.",
        back=reverse("circuits:stock-detail", args=[lot.public_id]),
    )


def move_view(step: str) -> Callable[..., Any]:
    """Return the guarded view that takes something off the shelf."""
    title, name, act = MOVES[step]

    def view(request: UserRequest, public_id: str) -> HttpResponse:
        at = timezone.now()
        lot = _lot(request, public_id, P.CATALOGUE_EDIT)
        shape = ReserveForm if act is reserve_stock else MoveForm
        form = shape(request.POST or None, at=at, parts=numbered_on_shelf(lot))

        def move(facts: dict[str, Any]) -> object:
            facts.pop("part", None)
            facts[name] = facts.pop("moved_at")
            return act(lot=lot, component=form.component(), **facts, by=request.user, at=at)

        back = reverse("circuits:stock-detail", args=[lot.public_id])
        return _page(request, form, move, title=title, sub=_words(lot), done="Noted.", back=back)

    return requires(P.CATALOGUE_EDIT)(view)


def end_view(step: str) -> Callable[..., Any]:
    """Return the guarded view that ends a reservation or quarantine."""
    title, name, act = ENDS[step]

    def view(request: UserRequest, public_id: str) -> HttpResponse:
        at = timezone.now()
        rows = StockMovement.objects.select_related("lot__model", "lot__unit__centre")
        movement = open_shared(rows, request.user, public_id, P.CATALOGUE_EDIT)
        named = {"movement": movement}
        if act is discard_stock:
            named = {"lot": movement.lot, "settles": movement}

        def end(facts: dict[str, Any]) -> object:
            facts[name] = facts.pop("moved_at")
            return act(**named, **facts, by=request.user, at=at)

        return _page(
            request,
            EndForm(request.POST or None, at=at),
            end,
            title=title,
            sub=f"{movement.quantity} of {_words(movement.lot)}, {movement.reason}",
            done="Noted.",
            back=reverse("circuits:stock-detail", args=[movement.lot.public_id]),
        )

    return requires(P.CATALOGUE_EDIT)(view)


@requires(P.CATALOGUE_EDIT)
def par_set(request: UserRequest) -> HttpResponse:
    """Say how many of a product a store wants."""
    at = timezone.now()
    units = units_of(request.user, P.CATALOGUE_EDIT, at)
    asked = {
        "unit": _asked(request, "unit", units),
        "model": _asked(request, "model", DeviceModel.objects.all()),
    }
    initial = {name: row for name, row in asked.items() if row is not None}
    return _page(
        request,
        ParForm(request.POST or None, at=at, units=units, initial=initial),
        lambda facts: set_par_level(**facts, by=request.user, at=at),
        title="Wanted on the shelf",
        sub="below it, an order is due",
        done="Noted.",
    )


def _asked(request: UserRequest, name: str, rows: Iterable[Any]) -> Any:
    """Return the row that the address asks for, if it is one of `rows`."""
    asked = request.GET.get(name)
    return next((row for row in rows if str(row.public_id) == asked), None)


def _stores(request: UserRequest, at: datetime) -> list[Unit]:
    units = Unit.objects.with_permission(request.user, P.CATALOGUE_VIEW, at)
    shared = Unit.objects.filter(centre__in=units.values("centre"))
    return list(shared.select_related("centre").order_by("name"))


def _lot(request: UserRequest, public_id: str, permission: Permission) -> StockLot:
    rows = StockLot.objects.select_related("model", "unit__centre")
    lot: StockLot = open_shared(rows, request.user, public_id, permission)
    return lot


def _words(lot: StockLot) -> str:
    return f"{lot}, {lot.unit}"


def _page(
    request: UserRequest,
    form: Any,
    act: Callable[[dict[str, Any]], object],
    *,
    title: str,
    sub: str,
    done: str,
    back: str = "",
    has_files: bool = False,
) -> HttpResponse:
    back = back or reverse("circuits:stock-list")
    return act_on_form(
        request,
        form,
        act,
        page="circuits/equipment_form.html",
        context={"title": title, "sub": sub, "back": back, "has_files": has_files},
        then=back,
        done=done,
    )
