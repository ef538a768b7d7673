"""
Modules of the tree. Each folder is a package of its own, so that two helpers of one name in two folders are two modules.

`import helper` finds, in this order: the standard library; helper.py or a package in the folder of the importing file;
what is installed; the folders above, up to the project's. Relative imports work too. Names in sys.modules begin with
`_tree` and follow the path; a folder's own name ends with a slash, because `users.py` may stand beside `users/`.
"""

import builtins
import importlib
import importlib.util
import os
import sys
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader

ROOT = '_tree'
import_builtin = builtins.__import__


def escape(part):
    return part.replace('%', '%25').replace('.', '%2E')


def unescape(part):
    return part.replace('%2E', '.').replace('%25', '%')


class Tree:
    """All modules below one project directory."""

    def __init__(self, root):
        self.root = root
        # module name -> names of the modules that import it
        self._importers = {}
        # (folder, first name) -> module name, or None where Python's own import is right
        self._lookups = {}
        self._builtins = {}
        sys.meta_path.insert(0, self)
        package = importlib.util.module_from_spec(self._folder_spec(ROOT, root))
        sys.modules[ROOT] = package

    def load(self, file):
        """The module of a handler file."""
        folder, name = os.path.split(file)
        return importlib.import_module(f'{self.folder_name(folder)}.{escape(name[:-3])}')

    def folder_name(self, folder):
        relative = os.path.relpath(folder, self.root)
        if relative == os.curdir:
            return ROOT
        return '.'.join([ROOT, *(escape(part) + '/' for part in relative.split(os.sep))])

    # what importlib asks

    def find_spec(self, name, path=None, target=None):
        if not name.startswith(ROOT + '.') or not path:
            return None
        part = unescape(name.rpartition('.')[2])
        folder = list(path)[0]
        if part.endswith('/'):
            return self._folder_spec(name, os.path.normpath(os.path.join(folder, part)))
        return self._module_spec(name, os.path.join(folder, part)) or PathFinder.find_spec(name, path, target)

    def _folder_spec(self, name, folder):
        init = os.path.join(folder, '__init__.py')
        return self._file_spec(name, init, folder) if os.path.isfile(init) else self._bare_spec(name, folder)

    def _module_spec(self, name, base):
        init = os.path.join(base, '__init__.py')
        if os.path.isfile(init):
            return self._file_spec(name, init, base)
        if os.path.isfile(base + '.py'):
            return self._file_spec(name, base + '.py', None)
        return self._bare_spec(name, base) if os.path.isdir(base) else None

    def _file_spec(self, name, file, folder):
        locations = [folder] if folder else None
        loader = TreeLoader(name, file, self)
        return importlib.util.spec_from_file_location(name, file, loader=loader, submodule_search_locations=locations)

    def _bare_spec(self, name, folder):
        spec = ModuleSpec(name, None, is_package=True)
        spec.submodule_search_locations = [folder]
        return spec

    # what import statements do

    def builtins_of(self, folder):
        """The builtins of modules in a folder: Python's, with an import that looks in the folder."""
        if folder not in self._builtins:
            own = dict(builtins.__dict__)
            own['__import__'] = self._create_import(folder)
            self._builtins[folder] = own
        return self._builtins[folder]

    def _create_import(self, folder):
        def import_in_folder(name, globals=None, locals=None, fromlist=(), level=0):
            importer = (globals or {}).get('__name__')
            if level > 0:
                module = import_builtin(name, globals, locals, fromlist, level)
                full = importlib.util.resolve_name('.' * level + name, (globals or {}).get('__package__'))
                self._note(importer, full, fromlist)
                return module
            first, _, rest = name.partition('.')
            found = self._lookup(folder, first)
            if found is None or found == importer:
                return import_builtin(name, globals, locals, fromlist, 0)
            full = f'{found}.{rest}' if rest else found
            self._note(importer, full, fromlist)
            importlib.import_module(full)
            return import_builtin(full, globals, locals, fromlist, 0) if fromlist else sys.modules[found]

        return import_in_folder

    def _note(self, importer, imported, fromlist):
        for name in (imported, *(f'{imported}.{one}' for one in fromlist or ())):
            self._importers.setdefault(name, set()).add(importer)

    def _lookup(self, folder, first):
        key = (folder, first)
        if key not in self._lookups:
            self._lookups[key] = self._find(folder, first)
        return self._lookups[key]

    def _find(self, folder, first):
        if first in STANDARD or first == ROOT:
            return None
        if has_module(folder, first):
            return f'{self.folder_name(folder)}.{first}'
        if first in sys.modules or is_installed(first):
            return None
        while True:
            if has_module(folder, first) or os.path.isdir(os.path.join(folder, first)):
                return f'{self.folder_name(folder)}.{first}'
            parent = os.path.dirname(folder)
            if folder == self.root or parent == folder:
                return None
            folder = parent

    # reload

    def forget(self, files):
        """Drops the modules of these files and whatever imports them. Returns their names."""
        changed = {os.path.normpath(file) for file in files}
        names = {name for name, module in self._modules() if getattr(module, '__file__', None) in changed}
        names |= self._misled()
        gone = set()
        while names:
            name = names.pop()
            if name in gone:
                continue
            gone.add(name)
            names |= self._importers.pop(name, set())
            names |= {below for below, _ in self._modules() if below.startswith(name + '.')}
        for name in gone:
            forget_module(name)
        importlib.invalidate_caches()
        return gone

    def _modules(self):
        return [(name, module) for name, module in list(sys.modules.items()) if name.startswith(ROOT + '.')]

    def _misled(self):
        """Modules in folders where a name means another module now."""
        before, self._lookups = self._lookups, {}
        folders = {folder for (folder, first), found in before.items() if self._find(folder, first) != found}
        return {
            name
            for name, module in self._modules()
            if getattr(module, '__file__', None) and os.path.dirname(module.__file__) in folders
        }


class TreeLoader(SourceFileLoader):
    """Compiles each time: a cached form goes by size and time in seconds, and an edit may change neither."""

    def __init__(self, name, file, tree):
        super().__init__(name, file)
        self._tree = tree

    def get_code(self, fullname):
        return self.source_to_code(self.get_data(self.path), self.path)

    def exec_module(self, module):
        module.__dict__['__builtins__'] = self._tree.builtins_of(self._folder(module))
        super().exec_module(module)

    def _folder(self, module):
        # inside a package, absolute names are looked for beside the package, as if that folder were on the path
        folder = os.path.dirname(self.path)
        parent = module.__name__.rpartition('.')[0] if not module.__spec__.submodule_search_locations else None
        if module.__spec__.submodule_search_locations and not module.__name__.endswith('/'):
            folder = os.path.dirname(folder)
            parent = module.__name__.rpartition('.')[0]
        while parent and parent != ROOT and not parent.endswith('/'):
            folder = os.path.dirname(folder)
            parent = parent.rpartition('.')[0]
        return folder


def forget_module(name):
    sys.modules.pop(name, None)
    parent, _, child = name.rpartition('.')
    # `from . import x` takes the attribute before it looks for the module
    if parent in sys.modules and child in vars(sys.modules[parent]):
        delattr(sys.modules[parent], child)


def has_module(folder, name):
    return os.path.isfile(os.path.join(folder, name + '.py')) or os.path.isfile(
        os.path.join(folder, name, '__init__.py')
    )


def is_installed(name):
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError):
        return False


def read_standard_names():
    names = getattr(sys, 'stdlib_module_names', None)
    if names is not None:
        return names
    # Python 3.9 has no list of them
    folder = os.path.dirname(os.__file__)
    return frozenset(sys.builtin_module_names) | {
        name.partition('.')[0] for name in [*os.listdir(folder), *os.listdir(os.path.join(folder, 'lib-dynload'))]
    }


STANDARD = read_standard_names()
