// Command adapter offers metrics of pods that a Prometheus knows to autoscalers
// (custom.metrics.k8s.io), by rules of prometheus-adapter.
//
// It stands in for prometheus-adapter, which no module proxy has: it reads the
// same rules, offers what they need and refuses what it does not know. It asks
// Prometheus about everything each time, where prometheus-adapter learns now and
// then which series there are.
package main

import (
	"errors"
	"os"

	"github.com/prometheus/client_golang/api"
	prometheus "github.com/prometheus/client_golang/api/prometheus/v1"
	"k8s.io/apiserver/pkg/server"
	"k8s.io/klog/v2"
	"sigs.k8s.io/custom-metrics-apiserver/pkg/cmd"
)

func main() {
	if err := run(); err != nil {
		klog.ErrorS(err, "The adapter ends")
		klog.Flush()
		os.Exit(1)
	}
}

func run() error {
	adapter := &cmd.AdapterBase{Name: "adapter"}
	config := adapter.Flags().String("config", "", "file with the rules")
	address := adapter.Flags().String("prometheus-url", "", "where Prometheus answers")
	if err := adapter.Flags().Parse(os.Args[1:]); err != nil {
		return err
	}
	if *config == "" || *address == "" {
		return errors.New("give --config and --prometheus-url")
	}
	offers, err := podMetricsOf(adapter, *config, *address)
	if err != nil {
		return err
	}
	adapter.WithCustomMetrics(offers)
	return adapter.Run(server.SetupSignalContext())
}

func podMetricsOf(adapter *cmd.AdapterBase, config, address string) (*podMetrics, error) {
	rules, err := readRules(config)
	if err != nil {
		return nil, err
	}
	asked, err := api.NewClient(api.Config{Address: address})
	if err != nil {
		return nil, err
	}
	client, err := adapter.DynamicClient()
	if err != nil {
		return nil, err
	}
	mapper, err := adapter.RESTMapper()
	if err != nil {
		return nil, err
	}
	return &podMetrics{rules: rules, prometheus: prometheus.NewAPI(asked), client: client, mapper: mapper}, nil
}
