package treeway_worker

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
)

// sourceRoot stands for the project's directory in the file names of a compiled program, which may be built in one
// place and run in another.
const sourceRoot = "/treeway-source/"

// failure is the content of a `fail` frame.
type failure struct {
	code      string
	message   string
	file      string
	line      int
	traceback string
}

func toFailure(err error) failure {
	var wrong invalidAnswer
	if errors.As(err, &wrong) {
		return failure{code: "TREEWAY_ANSWER_INVALID", message: err.Error()}
	}
	return failure{code: "TREEWAY_HANDLER_FAILED", message: "error: " + err.Error()}
}

// toPanicFailure must be called by the deferred function that recovered: the stack is still there.
func (w *worker) toPanicFailure(cause interface{}) failure {
	made := failure{code: "TREEWAY_HANDLER_FAILED", message: "panic: " + toPanicText(cause)}
	var trace strings.Builder
	fmt.Fprintf(&trace, "%s\n", made.message)
	frames := runtime.CallersFrames(callers())
	for {
		frame, hasMore := frames.Next()
		if strings.HasPrefix(frame.File, sourceRoot) {
			file := w.root + "/" + strings.TrimPrefix(frame.File, sourceRoot)
			if made.file == "" {
				made.file, made.line = file, frame.Line
			}
			fmt.Fprintf(&trace, "    at %s (%s:%d)\n", frame.Function[strings.LastIndex(frame.Function, ".")+1:], file, frame.Line)
		}
		if !hasMore {
			break
		}
	}
	made.traceback = trace.String()
	return made
}

func callers() []uintptr {
	places := make([]uintptr, 64)
	return places[:runtime.Callers(3, places)]
}

func toPanicText(cause interface{}) (text string) {
	defer func() {
		if recover() != nil {
			text = fmt.Sprintf("(a %T that can not be written)", cause)
		}
	}()
	return fmt.Sprint(cause)
}
