"""Reports over issued documents: sales by tariff group and component."""
