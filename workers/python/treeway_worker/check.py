"""Looks for faults of a handler file without running it."""

from .failure import HandlerMissing, LoadFailed


def check_file(function):
    """Raises LoadFailed (syntax, or a file that can not be read) or HandlerMissing."""
    import ast

    try:
        with open(function.file, 'rb') as file:
            source = file.read()
        tree = ast.parse(source, function.file)
        compile(tree, function.file, 'exec', dont_inherit=True)
    except (SyntaxError, ValueError, OSError, RecursionError) as error:
        raise LoadFailed from error
    wanted = [function.wanted] if function.wanted else ['handler', 'main']
    names = set(list_names(ast, tree.body))
    if '*' not in names and names.isdisjoint(wanted):
        raise HandlerMissing(f'the file has no function {" or ".join(wanted)}')


def list_names(ast, body):
    """What the statements of a module may give a name to; '*' where only running would tell."""
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            yield node.name
        elif isinstance(node, (ast.Import, ast.ImportFrom)):
            yield from (alias.asname or alias.name.partition('.')[0] for alias in node.names)
        elif isinstance(node, (ast.If, ast.Try, ast.With, ast.For, ast.While)):
            yield from list_names(ast, list_blocks(node))
        else:
            yield from (one.id for one in ast.walk(node) if isinstance(one, ast.Name) and is_set(ast, one))
            # globals()['handler'] = ..., setattr(module, ...): do not guess
            if any(isinstance(one, ast.Call) and isinstance(one.func, ast.Name) for one in ast.walk(node)):
                yield from ('*' for one in ast.walk(node) if is_named(ast, one, ('globals', 'setattr', 'exec')))


def list_blocks(node):
    blocks = [getattr(node, name, []) for name in ('body', 'orelse', 'finalbody')]
    blocks += [handler.body for handler in getattr(node, 'handlers', [])]
    return [statement for block in blocks for statement in block]


def is_set(ast, node):
    return isinstance(node.ctx, ast.Store)


def is_named(ast, node, names):
    return isinstance(node, ast.Name) and node.id in names
