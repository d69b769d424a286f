"""What the local variables of a frame hold, in a few words, without running any code of the application.

A `__repr__` may raise, take for ever, return a gigabyte, or change what it looks at. So only values of types whose text comes from
Python itself are printed, and of containers and objects only the beginning.
"""

import datetime
import decimal
import json
import sys
import types

#: Names that are told of one frame, items of one container, containers within containers, characters of one text.
most_names, most_items, most_depth, most_characters = 24, 6, 3, 120

_plain = (bool, int, float, complex, decimal.Decimal, datetime.date, datetime.timedelta)
#: Not by way of the attribute: a metaclass may have one of its own.
_qualname = type.__dict__['__qualname__'].__get__
_bases_of = type.__dict__['__mro__'].__get__
#: What a function's frame gives as its locals.
_proxy = type((lambda: sys._getframe().f_locals)())


def of(frame):
    """`[[name, type, text], ...]` as JSON."""
    variables = frame.f_locals
    # A metaclass decides in what the names of a class body are kept.
    if type(variables) not in (dict, _proxy):
        return '[]'
    module = frame.f_code.co_name == '<module>'
    told = []
    for name, value in variables.items():
        # At the top of a file: what it imports and defines is to be read there.
        if type(name) is not str or name.startswith(('__', '.')) or (module and _is_definition(type(value))):
            continue
        if len(told) == most_names:
            told.append(['…', '', ''])
            break
        told.append([name, _name(type(value)), _text(value)])
    return json.dumps(told)


def _is_definition(kind):
    # Not isinstance: it asks the value for its `__class__`.
    return any(each is type or each is types.ModuleType or each is types.FunctionType for each in _bases_of(kind))


def _name(kind):
    return _exact(_qualname(kind))


def _exact(text):
    """As a str that is nothing else: a subclass has a say in how it is put into another."""
    return str.__getitem__(text, slice(80))


def _text(value):
    text = ''.join(_pieces(value, most_depth, [most_characters]))
    return text if len(text) <= most_characters else text[:most_characters - 1] + '…'


def _pieces(value, depth, room):
    """Text in pieces; no more is made once `room` is used up."""
    kind = type(value)
    if type(kind) is not type:
        # Even to compare such a class with another one would be to call its metaclass.
        yield from _object(value, kind, depth, room)
    elif kind in (str, bytes, bytearray):
        yield _spend(room, repr(value[:most_characters]))
        if len(value) > most_characters:
            yield f'… ({len(value)})'
    elif value is None or value is Ellipsis or value is NotImplemented:
        yield _spend(room, repr(value))
    elif kind is int and value.bit_length() > 4 * most_characters:
        # Decimal digits of a huge number take quadratic time, and Python refuses them.
        yield _spend(room, f'<int of {value.bit_length()} bits>')
    elif kind in _plain:
        yield _spend(room, repr(value))
    elif kind in (datetime.datetime, datetime.time):
        # Its time zone may be a class of the application's.
        yield _spend(room, repr(value.replace(tzinfo=None)) + ('' if value.tzinfo is None else ' with tzinfo'))
    elif kind in (list, tuple, set, frozenset, dict):
        yield from _container(value, kind, depth, room)
    elif kind in (types.FunctionType, types.BuiltinFunctionType, types.MethodType):
        function = value.__func__ if kind is types.MethodType else value
        # A method may be bound to anything that can be called.
        plain = type(function) is types.FunctionType or type(function) is types.BuiltinFunctionType
        yield _spend(room, f'<function {_exact(function.__qualname__)}>' if plain else '<method>')
    elif kind is type:
        yield _spend(room, f'<class {_name(value)}>')
    else:
        yield from _object(value, kind, depth, room)


_brackets = {list: '[]', tuple: '()', set: '{}', frozenset: '{}', dict: '{}'}


def _container(value, kind, depth, room):
    opening, closing = _brackets[kind]
    yield _spend(room, opening)
    if depth == 0 and value:
        yield f'… ({len(value)})'
    else:
        for at, item in enumerate(value.items() if kind is dict else value):
            if at == most_items or room[0] <= 0:
                yield f', … ({len(value)})'
                break
            if at > 0:
                yield _spend(room, ', ')
            if kind is dict:
                yield from _pieces(item[0], depth - 1, room)
                yield _spend(room, ': ')
                yield from _pieces(item[1], depth - 1, room)
            else:
                yield from _pieces(item, depth - 1, room)
        if kind is tuple and len(value) == 1:
            yield ','
    yield closing


def _object(value, kind, depth, room):
    """`Order(id=3, …)`: the name of its class, and what is kept in it."""
    name = _name(kind)
    members = _members(value, kind)
    if not members or depth <= 1:
        yield _spend(room, f'<{name}>')
        return
    yield _spend(room, f'{name}(')
    for at, (key, item) in enumerate(members.items()):
        if at == most_items or room[0] <= 0:
            yield ', …'
            break
        yield _spend(room, f'{", " if at > 0 else ""}{key if type(key) is str else "?"}=')
        yield from _pieces(item, depth - 2, room)
    yield ')'


def _members(value, kind):
    """Its `__dict__`, where that is the one that Python gives to objects and not a property of the class's own."""
    for each in _bases_of(kind):
        slot = type.__dict__['__dict__'].__get__(each).get('__dict__')
        if slot is not None:
            found = slot.__get__(value) if type(slot) is types.GetSetDescriptorType else None
            return found if type(found) is dict else None
    return None


def _spend(room, text):
    room[0] -= len(text)
    return text
