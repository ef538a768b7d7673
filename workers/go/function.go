package treeway_worker

import (
	"fmt"
	"sync"
)

// registered has what each compiled file declared: the name of the file below the project's directory, then the name
// of the function. It is filled by the init functions of generated code, before Run.
var registered = map[string]object{}

// Register makes the functions of one file known. Generated code calls it.
func Register(file string, handlers map[string]interface{}) {
	registered[file] = handlers
}

// function is what a number of `load` stands for.
type function struct {
	name    string
	wanted  string
	env     object
	invoke  invoker
	problem *failure
	once    sync.Once
}

// toInvoker is settled by the first call.
func (f *function) toInvoker() (invoker, *failure) {
	f.once.Do(func() { f.invoke, f.problem = findInvoker(f.name, f.wanted) })
	return f.invoke, f.problem
}

func findInvoker(file, wanted string) (invoker, *failure) {
	handlers, isCompiled := registered[file]
	if !isCompiled {
		return nil, &failure{code: "TREEWAY_LOAD_FAILED", message: file + " is not in this program"}
	}
	names := []string{"handler", "Handler", "main"}
	if wanted != "" {
		names = []string{wanted}
	}
	for _, name := range names {
		handler, isThere := handlers[name]
		if !isThere {
			continue
		}
		made, err := toInvoker(handler)
		if err != nil {
			return nil, &failure{code: "TREEWAY_LOAD_FAILED", message: err.Error()}
		}
		return made, nil
	}
	return nil, &failure{code: "TREEWAY_EXPORT_MISSING", message: fmt.Sprintf("%s has no function %s", file, names[0])}
}
