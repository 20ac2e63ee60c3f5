// Command readers reads statuses as the tools that watch them do: with the Lua
// engine of Argo CD, and with kstatus, by which Flux and kapp wait.
//
// Standard input holds one JSON object {"object": ..., "script": ...} per
// question, and standard output one {"value": ..., "error": ...} per answer.
// Without a script, the value is what kstatus says.
package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	lua "github.com/yuin/gopher-lua"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	luajson "layeh.com/gopher-json"
	"sigs.k8s.io/cli-utils/pkg/kstatus/status"
)

// Argo CD ends a script after so long.
const patience = time.Second

type question struct {
	Object json.RawMessage `json:"object"`
	Script string          `json:"script"`
}

type answer struct {
	Value json.RawMessage `json:"value,omitempty"`
	Error string          `json:"error,omitempty"`
}

func main() {
	if err := answerAll(os.Stdin, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func answerAll(in io.Reader, out io.Writer) error {
	questions, answers := json.NewDecoder(bufio.NewReader(in)), json.NewEncoder(out)
	for {
		var asked question
		if err := questions.Decode(&asked); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return fmt.Errorf("reading a question: %w", err)
		}
		value, err := asked.answer()
		said := answer{Value: value}
		if err != nil {
			said.Error = err.Error()
		}
		if err := answers.Encode(said); err != nil {
			return err
		}
	}
}

func (q question) answer() (json.RawMessage, error) {
	if q.Script == "" {
		return kstatus(q.Object)
	}
	return run(q.Script, q.Object)
}

func kstatus(object json.RawMessage) (json.RawMessage, error) {
	var resource unstructured.Unstructured
	if err := resource.UnmarshalJSON(object); err != nil {
		return nil, err
	}
	result, err := status.Compute(&resource)
	if err != nil {
		return nil, err
	}
	return json.Marshal(result.Status)
}

// run gives a script what Argo CD gives one of argocd-cm: the resource as `obj`,
// the basic functions and `table`, and nothing of strings, files or patterns.
func run(script string, object json.RawMessage) (json.RawMessage, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	machine := lua.NewState(lua.Options{SkipOpenLibs: true})
	defer machine.Close()
	machine.SetContext(ctx)
	for name, open := range map[string]lua.LGFunction{
		lua.BaseLibName: lua.OpenBase,
		lua.TabLibName:  lua.OpenTable,
	} {
		if err := machine.CallByParam(
			lua.P{Fn: machine.NewFunction(open), Protect: true}, lua.LString(name),
		); err != nil {
			return nil, err
		}
	}
	resource, err := luajson.Decode(machine, object)
	if err != nil {
		return nil, err
	}
	machine.SetGlobal("obj", resource)
	if err := machine.DoString(script); err != nil {
		return nil, err
	}
	return luajson.Encode(machine.Get(-1))
}
