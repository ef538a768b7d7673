package treeway_worker

import (
	"context"
	"fmt"
	"reflect"
)

// object is how events, parameters and envelopes look.
type object = map[string]interface{}

// invoker calls a handler, whatever it takes and returns.
type invoker func(ctx context.Context, event, params object) (interface{}, error)

var (
	contextType = reflect.TypeOf((*context.Context)(nil)).Elem()
	errorType   = reflect.TypeOf((*error)(nil)).Elem()
	objectType  = reflect.TypeOf(object(nil))
	textsType   = reflect.TypeOf(map[string]string(nil))
)

// toInvoker accepts a function of [context.Context], event and parameters, each of them optional, that returns a
// value, a value and an error, an error, or nothing.
func toInvoker(handler interface{}) (invoker, error) {
	switch handler := handler.(type) {
	case func(object) interface{}:
		return func(_ context.Context, event, _ object) (interface{}, error) { return handler(event), nil }, nil
	case func(object) object:
		return func(_ context.Context, event, _ object) (interface{}, error) { return handler(event), nil }, nil
	case func(object, object) interface{}:
		return func(_ context.Context, event, params object) (interface{}, error) { return handler(event, params), nil }, nil
	}
	return toReflectInvoker(reflect.ValueOf(handler))
}

func toReflectInvoker(handler reflect.Value) (invoker, error) {
	kind := handler.Type()
	arguments, err := toArguments(kind)
	if err != nil {
		return nil, err
	}
	if kind.NumOut() > 2 || kind.NumOut() == 2 && kind.Out(1) != errorType {
		return nil, fmt.Errorf("a handler returns a value, or a value and an error; this one is %s", kind)
	}
	return func(ctx context.Context, event, params object) (interface{}, error) {
		return toResult(handler.Call(arguments(ctx, event, params)))
	}, nil
}

func toArguments(kind reflect.Type) (func(context.Context, object, object) []reflect.Value, error) {
	makers := []func(ctx context.Context, event, params object) reflect.Value{}
	hasEvent := false
	for at := 0; at < kind.NumIn(); at++ {
		wanted := kind.In(at)
		switch {
		case wanted == contextType && at == 0:
			makers = append(makers, func(ctx context.Context, _, _ object) reflect.Value { return reflect.ValueOf(ctx) })
		case !hasEvent && objectType.ConvertibleTo(wanted):
			hasEvent = true
			makers = append(makers, func(_ context.Context, event, _ object) reflect.Value {
				return reflect.ValueOf(event).Convert(wanted)
			})
		case hasEvent && objectType.ConvertibleTo(wanted):
			makers = append(makers, func(_ context.Context, _, params object) reflect.Value {
				return reflect.ValueOf(params).Convert(wanted)
			})
		case hasEvent && textsType.ConvertibleTo(wanted):
			makers = append(makers, func(_ context.Context, _, params object) reflect.Value {
				return reflect.ValueOf(toTexts(params)).Convert(wanted)
			})
		default:
			return nil, fmt.Errorf("a handler takes event map[string]interface{} and, where wanted, params; this one is %s", kind)
		}
	}
	return func(ctx context.Context, event, params object) []reflect.Value {
		values := make([]reflect.Value, len(makers))
		for at, maker := range makers {
			values[at] = maker(ctx, event, params)
		}
		return values
	}, nil
}

func toTexts(params object) map[string]string {
	texts := make(map[string]string, len(params))
	for name, value := range params {
		texts[name], _ = value.(string)
	}
	return texts
}

func toResult(results []reflect.Value) (interface{}, error) {
	if len(results) == 0 {
		return nil, nil
	}
	if last := results[len(results)-1]; last.Type() == errorType && !last.IsNil() {
		return nil, last.Interface().(error)
	}
	if results[0].Type() == errorType {
		return nil, nil
	}
	return results[0].Interface(), nil
}
